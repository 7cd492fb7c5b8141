import http from "node:http";
import https from "node:https";
import type { Socket } from "node:net";
import type { Address } from "@/server/platform/egress-ranges";
import { CONNECT_MAX_MS } from "./tunables";

const authorityOf = (address: Address, port: number): string =>
  address.kind() === "ipv6" ? `[${address.toString()}]:${port}` : `${address.toString()}:${port}`;

/** A connection to this address by the tunnel of another proxy, `http(s)://[name:password@]host:port`. It is named by its
 *  number, so that the other looks nothing up. Rejects where there is none within `CONNECT_MAX_MS`. */
export function connectThrough(upstream: string, address: Address, port: number): Promise<Socket> {
  const { protocol, hostname, port: proxyPort, username, password } = new URL(upstream);
  const secure = protocol === "https:";
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return new Promise((resolve, reject) => {
    const request = (secure ? https : http).request({
      method: "CONNECT",
      host: hostname.replace(/^\[|\]$/g, ""),
      port: proxyPort === "" ? (secure ? 443 : 80) : Number(proxyPort),
      path: authorityOf(address, port),
      headers: {
        host: authorityOf(address, port),
        ...(username && { "proxy-authorization": `Basic ${Buffer.from(login).toString("base64")}` }),
      },
      agent: false,
      timeout: CONNECT_MAX_MS,
    });
    request.once("connect", (response, socket, head) => {
      socket.setTimeout(0);
      if (response.statusCode !== 200 || head.length > 0) {
        socket.destroy();
        return reject(new Error(`the proxy answered ${response.statusCode}`));
      }
      // As in `connectTo` of the dialer.
      socket.on("error", () => {});
      resolve(socket as Socket);
    });
    request.once("timeout", () => request.destroy(new Error("no tunnel in time")));
    // Any other answer than to a CONNECT.
    request.once("response", () => request.destroy(new Error("the proxy makes no tunnels")));
    request.once("error", reject);
    request.end();
  });
}
