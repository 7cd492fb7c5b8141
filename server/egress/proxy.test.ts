import http from "node:http";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import pino from "pino";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { parseOpenedTargets } from "@/server/platform/egress-ranges";
import { type HttpTarget, startHttpTarget } from "@/tests/fakes/http-target";
import { createDialer, type Resolve } from "./dialer";
import { type EgressProxy, startEgressProxy } from "./proxy";

let target: HttpTarget;
let canary: HttpTarget;
let proxies: EgressProxy[];
let lines: Record<string, unknown>[];
beforeEach(async () => {
  [proxies, lines] = [[], []];
  [target, canary] = [await startHttpTarget(), await startHttpTarget()];
});
afterEach(async () => {
  for (const proxy of proxies) await proxy.close();
  await target[Symbol.asyncDispose]();
  await canary[Symbol.asyncDispose]();
});

type Names = Record<string, string[] | (() => string[])>;

/** Looks names up in a table; what the table does not have is nowhere. */
const lookingUp =
  (names: Names): Resolve =>
  async (host) => {
    const found = names[host];
    if (!found) throw new Error("ENOTFOUND");
    return typeof found === "function" ? found() : found;
  };

async function proxyFor(open: string, names: Names = {}, upstream: string | null = null): Promise<string> {
  const parsed = parseOpenedTargets(open);
  if (!parsed.ok) throw new Error(parsed.problem);
  const dialer = createDialer({ opened: parsed.opened, resolve: lookingUp(names), upstream });
  const log = pino({ level: "warn" }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const proxy = await startEgressProxy({ dialer, log });
  proxies.push(proxy);
  return proxy.url;
}

/** A request for an absolute address, as a client with HTTP_PROXY makes it. */
function ask(proxy: string, url: string, options: http.RequestOptions = {}) {
  const { hostname, port } = new URL(proxy);
  return new Promise<{ status: number; reason: string; body: string; headers: http.IncomingHttpHeaders }>(
    (resolve, reject) => {
      const request = http.request(
        {
          ...options,
          host: hostname,
          port,
          path: url,
          headers: { host: new URL(url).host, ...options.headers },
        },
        (response) => {
          let body = "";
          response.on("data", (chunk) => (body += String(chunk)));
          response.once("end", () =>
            resolve({
              ...{ status: response.statusCode ?? 0, reason: response.statusMessage ?? "" },
              ...{ body, headers: response.headers },
            }),
          );
        },
      );
      request.once("error", reject);
      request.end(options.method === "POST" ? "a body" : undefined);
    },
  );
}

/** A tunnel, as a client with HTTPS_PROXY makes it. Resolves with the first line of the answer. */
function tunnel(proxy: string, authority: string): Promise<{ line: string; socket: Socket }> {
  const { hostname, port } = new URL(proxy);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () =>
      socket.write(`CONNECT ${authority} HTTP/1.1\r\nhost: ${authority}\r\n\r\n`),
    );
    socket.once("error", reject);
    socket.once("data", (data) => resolve({ line: String(data).split("\r\n")[0] ?? "", socket }));
  });
}

async function tunnelLine(proxy: string, authority: string): Promise<string> {
  const { line, socket } = await tunnel(proxy, authority);
  socket.destroy();
  return line;
}

describe("plain http through the proxy", () => {
  it("reaches what is open, with path, method, body and headers, but none of the proxy's own", async () => {
    const seen: http.IncomingHttpHeaders[] = [];
    await using echo = await startHttpTarget((request, response) => {
      seen.push(request.headers);
      response.writeHead(418, { "x-answer": "1", connection: "x-gone", "x-gone": "1" });
      request.pipe(response);
    });
    const proxy = await proxyFor(`127.0.0.1:${echo.port}`);
    const headers = { "x-own": "1", "proxy-authorization": "Basic eA==", connection: "x-hop", "x-hop": "1" };
    const answer = await ask(proxy, `http://127.0.0.1:${echo.port}/a/b?c=d`, { method: "POST", headers });
    expect(answer).toMatchObject({ status: 418, body: "a body", headers: { "x-answer": "1" } });
    expect(answer.headers["x-gone"]).toBeUndefined();
    expect(echo.asked).toEqual(["POST /a/b?c=d"]);
    expect(seen[0]).toMatchObject({ "x-own": "1", host: `127.0.0.1:${echo.port}` });
    expect(Object.keys(seen[0] ?? {})).not.toEqual(expect.arrayContaining(["proxy-authorization"]));
    expect(seen[0]?.["x-hop"]).toBeUndefined();
  });

  it("is refused everywhere else with 400, a reason and a line in the log", async () => {
    const proxy = await proxyFor(`127.0.0.1:${target.port}`);
    const answer = await ask(proxy, `http://127.0.0.1:${canary.port}/secret`);
    expect(answer).toMatchObject({ status: 400, reason: "Flightdeck egress: closed_address" });
    expect(JSON.parse(answer.body)).toEqual({
      error: { message: "Flightdeck egress: closed_address", type: "egress" },
    });
    expect(lines).toMatchObject([{ asked: `127.0.0.1:${canary.port}`, refusal: "closed_address" }]);
    expect(canary.connections()).toBe(0);
  });

  it("by the header of another host changes nothing: the address decides", async () => {
    const proxy = await proxyFor(`127.0.0.1:${target.port}`);
    const headers = { host: `127.0.0.1:${canary.port}` };
    expect((await ask(proxy, `http://127.0.0.1:${target.port}/`, { headers })).body).toBe("hello");
    expect(canary.connections()).toBe(0);
  });

  it("to a path, as if the proxy were a server, is refused", async () => {
    const proxy = new URL(await proxyFor(`127.0.0.1:${target.port}`));
    const answer = await fetch(new URL("/anything", proxy));
    expect(answer.status).toBe(400);
    expect(answer.statusText).toContain("malformed");
  });

  it("does not follow a redirect: that is the client's next request, which is judged anew", async () => {
    await using sly = await startHttpTarget((_, response) => {
      response.writeHead(302, { location: `http://127.0.0.1:${canary.port}/secret` }).end();
    });
    const proxy = await proxyFor(`127.0.0.1:${sly.port}`);
    const first = await ask(proxy, `http://127.0.0.1:${sly.port}/`);
    expect(first.status).toBe(302);
    expect((await ask(proxy, first.headers.location ?? "")).status).toBe(400);
    expect(canary.connections()).toBe(0);
  });

  it("answers 502 where nobody is there", async () => {
    const proxy = await proxyFor("127.0.0.1, nowhere.example");
    await target[Symbol.asyncDispose]();
    expect(await ask(proxy, `http://127.0.0.1:${target.port}/`)).toMatchObject({
      ...{ status: 502, reason: "Flightdeck egress: connect" },
    });
    expect((await ask(proxy, "http://nowhere.example/")).reason).toBe("Flightdeck egress: dns");
    target = await startHttpTarget();
  });

  it("whose answer cannot be passed on ends alone, and the proxy goes on", async () => {
    const lines = ["HTTP/1.1 000 None", "HTTP/1.1 200 \u0007", "HTTP/1.1 200 OK\r\nbad header: \u0000"];
    for (const line of lines) {
      const odd = createServer((socket) => {
        socket.on("error", () => {});
        socket.once("data", () => socket.end(`${line}\r\ncontent-length: 0\r\n\r\n`));
      });
      await new Promise<void>((resolve) => odd.listen(0, "127.0.0.1", resolve));
      const { port } = odd.address() as AddressInfo;
      const proxy = await proxyFor(`127.0.0.1:${port}, 127.0.0.1:${target.port}`);
      await expect(ask(proxy, `http://127.0.0.1:${port}/`)).rejects.toThrow();
      expect((await ask(proxy, `http://127.0.0.1:${target.port}/`)).body).toBe("hello");
      await new Promise((resolve) => odd.close(resolve));
    }
  });
});

describe("a tunnel", () => {
  it("carries both ways what is said in it, and ends with either side", async () => {
    const proxy = await proxyFor(`127.0.0.1:${target.port}`);
    const { line, socket } = await tunnel(proxy, `127.0.0.1:${target.port}`);
    expect(line).toBe("HTTP/1.1 200 Connection Established");
    const answered = new Promise<string>((resolve) => {
      let text = "";
      socket.on("data", (data) => (text += String(data)));
      socket.once("close", () => resolve(text));
    });
    socket.write("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    expect(await answered).toContain("hello");
    expect(target.asked).toEqual(["GET /"]);
  });

  it("brings all that was said, also where who said it is gone already", async () => {
    const said = "x".repeat(4 * 1_024 * 1_024);
    const teller = createServer((socket) => {
      socket.on("error", () => {});
      socket.end(said);
    });
    await new Promise<void>((resolve) => teller.listen(0, "127.0.0.1", resolve));
    const { port } = teller.address() as AddressInfo;
    const proxy = new URL(await proxyFor(`127.0.0.1:${port}`));
    const socket = connect(Number(proxy.port), proxy.hostname);
    socket.write(`CONNECT 127.0.0.1:${port} HTTP/1.1\r\nhost: x\r\n\r\n`);
    let heard = 0;
    socket.on("data", (data) => (heard += data.length));
    await new Promise((resolve) => socket.once("close", resolve));
    expect(heard).toBe(said.length + "HTTP/1.1 200 Connection Established\r\n\r\n".length);
    await new Promise((resolve) => teller.close(resolve));
  });

  it.each([
    "127.0.0.1:PORT",
    "localhost:PORT",
    "[::ffff:127.0.0.1]:PORT",
    "2130706433:PORT",
    "0x7f.1:PORT",
    "127.1:PORT",
    "0:PORT",
    "[::]:PORT",
  ])("to %s, which is not open, is refused without a connection", async (authority) => {
    const proxy = await proxyFor("", { localhost: ["127.0.0.1"] });
    const line = await tunnelLine(proxy, authority.replace("PORT", String(canary.port)));
    expect(line).toBe("HTTP/1.1 400 Flightdeck egress: closed_address");
    expect(canary.connections()).toBe(0);
  });

  it("to a public address is refused on any port but 443", async () => {
    const proxy = await proxyFor("", { "api.example": ["140.82.121.4"] });
    expect(await tunnelLine(proxy, "api.example:22")).toContain("400 Flightdeck egress: not_https");
    expect(await tunnelLine(proxy, "api.example:80")).toContain("400 Flightdeck egress: not_https");
    expect(await tunnelLine(proxy, "no authority")).toContain("400 ");
  });
});

describe("a name", () => {
  it("of which one address is closed is refused, whatever the others are", async () => {
    const proxy = await proxyFor(`127.0.0.2:${canary.port}`, { "both.example": ["127.0.0.2", "127.0.0.1"] });
    expect(await tunnelLine(proxy, `both.example:${canary.port}`)).toContain("400");
    expect(canary.connections()).toBe(0);
  });

  it("is looked up once: where it leads elsewhere a moment later, nobody is called there", async () => {
    const answers = [["127.0.0.1"], ["127.0.0.9"], ["10.0.0.1"]];
    const lookUp = vi.fn(() => answers.shift() ?? ["127.0.0.9"]);
    const proxy = await proxyFor(`127.0.0.1:${target.port}`, { "rebind.example": lookUp });
    const url = `http://rebind.example:${target.port}/`;
    expect((await ask(proxy, url)).body).toBe("hello");
    expect(lookUp).toHaveBeenCalledTimes(1);
    expect((await ask(proxy, url)).reason).toBe("Flightdeck egress: closed_address");
    expect((await ask(proxy, url)).status).toBe(400);
    expect(target.connections()).toBe(1);
  });

  it("with several addresses is called at the next where nobody is at the first", async () => {
    const open = `127.0.0.1:${target.port}, 127.0.0.3:${target.port}`;
    const proxy = await proxyFor(open, { "two.example": ["127.0.0.3", "127.0.0.1"] });
    expect((await ask(proxy, `http://two.example:${target.port}/`)).body).toBe("hello");
  });

  it("whose addresses cannot be read is refused", async () => {
    const proxy = await proxyFor("", { "odd.example": ["not an address"] });
    expect(await tunnelLine(proxy, "odd.example:443")).toContain("closed_address");
  });
});

describe("behind the company's own proxy", () => {
  it("public addresses are reached through it, by their number; what is open is called directly", async () => {
    const asked: string[] = [];
    const upstream = createServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", (data) => {
        asked.push(String(data));
        const near = connect(target.port, "127.0.0.1");
        near.on("error", () => socket.destroy());
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        socket.pipe(near).pipe(socket);
      });
    });
    await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
    const { port } = upstream.address() as { port: number };
    const names = { "api.example": ["140.82.121.4"] };
    const proxy = await proxyFor(`127.0.0.1:${canary.port}`, names, `http://me:secret@127.0.0.1:${port}`);

    const { line, socket } = await tunnel(proxy, "api.example:443");
    expect(line).toContain("200");
    socket.destroy();
    expect(asked[0]).toMatch(/^CONNECT 140\.82\.121\.4:443 HTTP\/1\.1/);
    expect(asked[0]?.toLowerCase()).toContain(
      `proxy-authorization: basic ${btoa("me:secret").toLowerCase()}`,
    );
    expect((await ask(proxy, `http://127.0.0.1:${canary.port}/`)).body).toBe("hello");
    expect(asked).toHaveLength(1);
    await new Promise((resolve) => upstream.close(resolve));
  });
});

it("the end of the proxy is the end of every tunnel", async () => {
  const proxy = await proxyFor(`127.0.0.1:${target.port}`);
  const { socket } = await tunnel(proxy, `127.0.0.1:${target.port}`);
  const closed = new Promise((resolve) => socket.once("close", resolve));
  await proxies.pop()?.close();
  await closed;
  await expect(ask(proxy, "http://127.0.0.1:1/")).rejects.toThrow(/ECONNREFUSED/);
});
