import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FaultProxy, startFaultProxy } from "./fault-proxy";

let served: Socket[];
let target: ReturnType<typeof createServer>;
let proxy: FaultProxy;

async function listen(): Promise<number> {
  target.listen(0, "127.0.0.1");
  await once(target, "listening");
  return (target.address() as AddressInfo).port;
}

beforeEach(async () => {
  served = [];
  target = createServer({ allowHalfOpen: true }, (socket) => {
    served.push(socket);
    socket.on("error", () => {});
    socket.on("data", (piece) => socket.write(piece));
    socket.on("end", () => socket.end());
  });
  proxy = await startFaultProxy();
  await proxy.aim(await listen());
});
afterEach(async () => {
  await proxy.close();
  for (const socket of served) socket.destroy();
  await new Promise((resolve) => target.close(resolve));
});

/** A client behind the proxy: what it got, and how its connection ended. */
async function open() {
  const socket = connect({ port: proxy.port, host: "127.0.0.1", allowHalfOpen: true });
  let got = "";
  let code: string | undefined;
  socket.setEncoding("utf8");
  socket.on("data", (text) => {
    got += text;
  });
  socket.on("error", (error: NodeJS.ErrnoException) => {
    code = error.code;
  });
  await once(socket, "connect");
  const link = async () => {
    while (!proxy.linkOf(socket.localPort ?? 0)) await sleep(1);
    const found = proxy.linkOf(socket.localPort ?? 0);
    if (!found) throw new Error("The connection is gone.");
    return found;
  };
  const until = async (length: number) => {
    while (got.length < length) await sleep(1);
    return got;
  };
  const closed = new Promise<string | undefined>((resolve) => socket.once("close", () => resolve(code)));
  return { socket, link, until, closed, got: () => got };
}

describe("the fault proxy", () => {
  it("passes everything on in order, and the end of one side as an end", async () => {
    const { socket, until, closed } = await open();
    const text = Array.from({ length: 20_000 }, (_, index) => `${index} `).join("");
    socket.end(text);
    expect(await until(text.length)).toBe(text);
    expect(await closed).toBeUndefined();
  });

  it("delays each piece, and not one after the other", async () => {
    const { socket, link, until } = await open();
    await link();
    proxy.delay(60);
    const startedAt = performance.now();
    for (const piece of "abcd") {
      socket.write(piece);
      await sleep(5);
    }
    expect(await until(4)).toBe("abcd");
    const tookMs = performance.now() - startedAt;
    expect(tookMs).toBeGreaterThanOrEqual(118);
    expect(tookMs).toBeLessThan(240);
  });

  it("cuts a connection after exactly so many bytes", async () => {
    const { socket, link, closed, got } = await open();
    (await link()).cutAfter(5);
    socket.write("hello world");
    socket.once("end", () => socket.destroy());
    await closed;
    expect(got()).toBe("hello");
    expect(proxy.links()).toHaveLength(0);
  });

  it("half-closes: the client is told the end, and its own bytes still arrive", async () => {
    const { socket, link } = await open();
    const { halfClose } = await link();
    let arrived = "";
    served[0]?.on("data", (piece) => {
      arrived += piece;
    });
    halfClose();
    await once(socket, "end");
    socket.write("still here");
    while (arrived === "") await sleep(1);
    expect(arrived).toBe("still here");
    socket.destroy();
  });

  it("stalls for a while and then loses nothing", async () => {
    const { socket, link, until, got } = await open();
    (await link()).stall(80);
    socket.write("one ");
    await sleep(30);
    socket.write("two");
    expect(got()).toBe("");
    expect(await until(7)).toBe("one two");
  });

  it("resets both sides", async () => {
    const { link, closed } = await open();
    const { reset } = await link();
    const ended = new Promise((resolve) => served[0]?.once("close", resolve));
    reset();
    expect(await closed).toBe("ECONNRESET");
    await ended;
  });

  it("refuses new connections, keeps the open one, and accepts again on the same port", async () => {
    const { socket, link, until } = await open();
    await link();
    proxy.refuse();
    await expect(open()).rejects.toThrow("ECONNREFUSED");
    socket.write("open");
    expect(await until(4)).toBe("open");
    await proxy.aim((target.address() as AddressInfo).port);
    const again = await open();
    again.socket.write("back");
    expect(await again.until(4)).toBe("back");
    again.socket.destroy();
  });

  it("resets a client whose target does not listen, and serves it where one listens again", async () => {
    const other = createServer((socket) => socket.end("back"));
    other.listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    await new Promise((resolve) => other.close(resolve));
    await proxy.aim(port);
    expect(await (await open()).closed).toBe("ECONNRESET");
    expect(proxy.links()).toHaveLength(0);
    other.listen(port, "127.0.0.1");
    await once(other, "listening");
    const { until, socket } = await open();
    expect(await until(4)).toBe("back");
    socket.destroy();
    await new Promise((resolve) => other.close(resolve));
  });
});
