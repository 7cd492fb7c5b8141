import { createServer, type Server } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseOpenedTargets } from "@/server/platform/egress-ranges";
import { Secret } from "@/server/platform/secret";
import { type HttpTarget, startHttpTarget } from "@/tests/fakes/http-target";
import { createDialer } from "./dialer";
import { createEgress } from "./egress";
import { ANSWER_BYTES_MAX } from "./tunables";

let target: HttpTarget;
beforeEach(async () => {
  target = await startHttpTarget((request, response) => {
    response.setHeader("x-key", String(request.headers.authorization));
    request.pipe(response.writeHead(201));
  });
});
afterEach(() => target[Symbol.asyncDispose]());

function egressTo(open: string, names: Record<string, string[]> = {}) {
  const parsed = parseOpenedTargets(open);
  if (!parsed.ok) throw new Error(parsed.problem);
  return createEgress(
    createDialer({
      opened: parsed.opened,
      resolve: async (host) => names[host] ?? Promise.reject(new Error("ENOTFOUND")),
    }),
  );
}
const call = (url: string, open = "127.0.0.1", names?: Record<string, string[]>) =>
  egressTo(open, names).post({ url, headers: { authorization: new Secret("Bearer k") }, body: "{}" });

describe("a call of the app", () => {
  it("is made to what is open, and answered with status and body", async () => {
    expect(await call(`http://127.0.0.1:${target.port}/v1/x?y=z`)).toEqual({
      ...{ state: "answered", status: 201, body: "{}" },
    });
    expect(target.asked).toEqual(["POST /v1/x?y=z"]);
  });

  it("is made to nobody else, and follows no redirect", async () => {
    expect(await call(`http://127.0.0.1:${target.port}`, "")).toEqual({
      state: "refused",
      refusal: "closed_address",
    });
    expect(await call("nonsense")).toEqual({ state: "refused", refusal: "malformed" });
    await using sly = await startHttpTarget((_, response) => {
      response.writeHead(307, { location: `http://127.0.0.1:${target.port}/` }).end();
    });
    expect(await call(`http://127.0.0.1:${sly.port}`)).toMatchObject({ state: "answered", status: 307 });
    expect(target.connections()).toBe(0);
  });

  it("goes to the address that was judged, under the name's own header", async () => {
    const names = { "models.example": ["127.0.0.1"] };
    const answer = await call(`http://models.example:${target.port}/`, "models.example", names);
    expect(answer).toMatchObject({ state: "answered", status: 201 });
    expect(await call("https://models.example", "", names)).toMatchObject({ refusal: "closed_address" });
  });

  it("tells a name that leads nowhere, a port without anybody, and what is no TLS", async () => {
    expect(await call("https://nowhere.example")).toEqual({ state: "unreached", why: "dns" });
    expect(await call(`https://127.0.0.1:${target.port}`)).toEqual({ state: "unreached", why: "tls" });
    const { port } = target;
    await target[Symbol.asyncDispose]();
    expect(await call(`http://127.0.0.1:${port}`)).toEqual({ state: "unreached", why: "connect" });
    target = await startHttpTarget();
  });

  it("tells a connection that ends without an answer, or with one that does not end", async () => {
    await using rude = await startHttpTarget((request) => void request.socket.destroy());
    expect(await call(`http://127.0.0.1:${rude.port}`)).toEqual({ state: "unreached", why: "cut" });
    await using endless = await startHttpTarget((_, response) => {
      response.end("x".repeat(ANSWER_BYTES_MAX + 1));
    });
    expect(await call(`http://127.0.0.1:${endless.port}`)).toEqual({ state: "unreached", why: "cut" });
  });

  it("that fails at the handshake leaves no connection", async () => {
    let open = 0;
    const silent: Server = createServer((socket) => {
      open += 1;
      socket.once("data", () => socket.end("no TLS here"));
      socket.once("close", () => (open -= 1));
      socket.once("error", () => {});
    });
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as { port: number };
    expect(await call(`https://127.0.0.1:${port}`)).toEqual({ state: "unreached", why: "tls" });
    await expect.poll(() => open).toBe(0);
    await new Promise((resolve) => silent.close(resolve));
  });
});

describe("a look at an address", () => {
  const check = (url: string, names?: Record<string, string[]>) => egressTo("10.0.0.0/8", names).check(url);

  it("tells why it would not be called", async () => {
    expect(await check("https://127.0.0.1")).toBe("closed_address");
    expect(await check("http://140.82.121.4")).toBe("not_https");
    expect(await check("https://140.82.121.4:8443")).toBe("closed_port");
    expect(await check("nonsense")).toBe("malformed");
    expect(await check("https://in.example", { "in.example": ["192.168.0.1"] })).toBe("closed_address");
  });

  it("has nothing against what is open, public, or not there yet", async () => {
    expect(await check("http://10.0.0.1:11434")).toBeNull();
    expect(
      await check("https://out.example", { "out.example": ["140.82.121.4", "2606:50c0::1"] }),
    ).toBeNull();
    expect(await check("https://nowhere.example")).toBeNull();
  });
});
