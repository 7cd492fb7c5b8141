import http, { type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Log } from "@/server/platform/log";
import type { Dialed, Dialer } from "./dialer";
import { targetOfAuthority, targetOfUrl } from "./rules";
import { CONNECTIONS_MAX, HEAD_MAX_MS, TUNNEL_IDLE_MS } from "./tunables";

type Options = { dialer: Dialer; host?: string; port?: number; log: Log };

export type EgressProxy = {
  /** What clients take as HTTP_PROXY and HTTPS_PROXY. */
  url: string;
  /** Ends every tunnel. */
  close(): Promise<void>;
};

type Unconnected = Exclude<Dialed, { state: "connected" }>;
type Answer = { status: number; reason: string };

// Meant for the connection to the proxy, not for what is behind it (RFC 9110, 7.6.1).
const HOP_BY_HOP = new Set([
  ...["connection", "keep-alive", "proxy-connection", "proxy-authorization", "proxy-authenticate"],
  ...["te", "trailer", "transfer-encoding", "upgrade"],
]);

/** Begins the reason of each refusal, by which the CLI's errors are told from the endpoint's own. Of 403 the CLI makes words
 *  about the key, and drops the reason. */
const SIGNATURE = "Flightdeck egress";

function answerTo(dialed: Unconnected): Answer {
  return dialed.state === "refused"
    ? { status: 400, reason: `${SIGNATURE}: ${dialed.refusal}` }
    : { status: 502, reason: `${SIGNATURE}: ${dialed.why}` };
}

const MALFORMED: Unconnected = { state: "refused", refusal: "malformed" };

function endToEnd(headers: IncomingMessage["headers"]): OutgoingHttpHeaders {
  const named = new Set((headers.connection ?? "").toLowerCase().split(/\s*,\s*/));
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name) && !named.has(name)),
  );
}

/** An answer of the endpoint, as it came. */
function passOn(answer: IncomingMessage, response: ServerResponse): void {
  answer.once("error", () => response.destroy());
  try {
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, endToEnd(answer.headers));
  } catch {
    // Node reads more than it writes: a status of 000, a reason with bells in it.
    return void response.destroy();
  }
  answer.pipe(response);
}

/** Either side's end is the other's: what was said before it still arrives, and an end by force is passed on as one. */
function join(one: Socket, other: Socket): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.setTimeout(TUNNEL_IDLE_MS, () => from.destroy());
    // Its `close` follows.
    from.on("error", () => {});
    from.once("close", () => (from.readableEnded ? to.end(() => to.destroy()) : to.destroy()));
    from.pipe(to);
  }
}

/** Starts the forward proxy that CLI servers call the world through: CONNECT, and plain http by absolute addresses. It
 *  resolves a name once, refuses with 400 what the rules close, and connects to the very address that it judged. A
 *  redirect is another request, and judged like one. Resolves when it listens. */
export async function startEgressProxy({
  dialer,
  host = "127.0.0.1",
  port = 0,
  log,
}: Options): Promise<EgressProxy> {
  const tunnels = new Set<Socket>();

  const note = (dialed: Unconnected, asked: string) => {
    const why = dialed.state === "refused" ? { refusal: dialed.refusal } : { unreached: dialed.why };
    log.warn({ asked, ...why }, "egress not possible");
  };

  async function forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = request.url ?? "";
    // CONNECT is for https: the proxy would have to read what is meant for the endpoint alone.
    const target = asked.startsWith("http://") ? targetOfUrl(asked) : null;
    const dialed = target ? await dialer.dial(target) : MALFORMED;
    if (dialed.state !== "connected") {
      note(dialed, target ? `${target.host}:${target.port}` : "no absolute http address");
      const { status, reason } = answerTo(dialed);
      request.resume();
      response.writeHead(status, reason, { "content-type": "application/json", connection: "close" });
      response.end(JSON.stringify({ error: { message: reason, type: "egress" } }));
      return;
    }
    if (response.destroyed) return void dialed.socket.destroy();
    const { pathname, search, host: authority } = new URL(asked);
    const onwards = http.request({
      createConnection: () => dialed.socket,
      method: request.method,
      path: `${pathname}${search}`,
      headers: { ...endToEnd(request.headers), host: authority, connection: "close" },
      timeout: TUNNEL_IDLE_MS,
    });
    onwards.once("response", (answer) => passOn(answer, response));
    onwards.once("timeout", () => onwards.destroy(new Error("idle")));
    onwards.once("error", () => response.destroy());
    response.once("close", () => onwards.destroy());
    request.pipe(onwards);
  }

  async function tunnel(request: IncomingMessage, client: Socket, begun: Buffer): Promise<void> {
    tunnels.add(client);
    client.once("close", () => tunnels.delete(client));
    // Until both sides are joined.
    client.once("error", () => client.destroy());
    const target = targetOfAuthority(request.url ?? "");
    const dialed = target ? await dialer.dial(target) : MALFORMED;
    if (dialed.state !== "connected") {
      note(dialed, target ? `${target.host}:${target.port}` : "no host and port");
      const { status, reason } = answerTo(dialed);
      const head = `HTTP/1.1 ${status} ${reason}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`;
      client.end(head, () => client.destroy());
      return;
    }
    if (client.destroyed) return void dialed.socket.destroy();
    client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    dialed.socket.write(begun);
    join(client, dialed.socket);
  }

  const server = http.createServer({ headersTimeout: HEAD_MAX_MS }, (request, response) => {
    forward(request, response).catch(() => response.destroy());
  });
  server.maxConnections = CONNECTIONS_MAX;
  server.on("connect", (request: IncomingMessage, client: Socket, head: Buffer) => {
    tunnel(request, client, head).catch(() => client.destroy());
  });
  // A WebSocket by plain http: nobody needs it.
  server.on("upgrade", (_request: IncomingMessage, socket: Socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const { port: listening } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${listening}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const client of tunnels) client.destroy();
      server.closeAllConnections();
      await closed;
    },
  };
}
