import fc from "fast-check";
import superjson from "superjson";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { WireEvent } from "@/lib/events/wire";
import { CONNECTED, createFakeFetch, type FakeWatch, framesOf } from "@/tests/fakes/watch-fetch";
import { createRequest } from "../request.js";
import type { Sleep } from "../retry.js";
import { createWatch, type WatchOptions } from "./watch.js";

const SESSION = "0b8d8f2e-6c1d-4b8f-9d7e-2f1f5b1f6a01";

const delta = (seq: number, text = `text ${seq}`): WireEvent => ({
  ...{ seq, turnId: "t", at: new Date(seq), type: "assistant.delta" },
  data: { messageId: "m", text },
});

const errorText = (code: string, http: number, retryable: boolean) => {
  const app = { code, http, retryable };
  const shape = { message: `message of ${code}`, code: -32_000, data: { code: "X", httpStatus: http, app } };
  return `event: serialized-error\ndata: ${superjson.stringify(shape)}\n\n`;
};

/** A watch whose pauses end at once, and are written down. */
function setUp() {
  const pauses: number[] = [];
  const sleep: Sleep = async (ms) => void pauses.push(ms);
  const { fetch, next, count } = createFakeFetch();
  const watch = createWatch({
    endpoint: "http://flightdeck.test/api/trpc",
    request: createRequest({ token: "secret", fetch }),
    sleep,
  });
  /** Begins to watch; what came is in `seqs`. */
  function start(options: Partial<WatchOptions> = {}) {
    const seqs: number[] = [];
    const run = async () => {
      for await (const { seq } of watch({ sessionId: SESSION, ...options })) seqs.push(seq);
    };
    const ended = run();
    ended.catch(() => {});
    return { seqs, ended };
  }
  async function opened(): Promise<FakeWatch> {
    const connection = await next();
    connection.open();
    connection.send(CONNECTED);
    return connection;
  }
  return { watch, start, next, opened, count, pauses };
}

afterEach(() => {
  vi.useRealTimers();
});

describe("a watch", () => {
  test("gives every event once and in order, wherever its connections are cut", async () => {
    const cuts = fc.array(fc.record({ bytes: fc.nat(900), piece: fc.integer({ min: 1, max: 200 }) }), {
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(cuts, fc.integer({ min: 1, max: 25 }), async (connections, total) => {
        const { start, opened } = setUp();
        const events = Array.from({ length: total }, (_, index) => delta(index + 1, `é😀 ${index} \n`));
        const stop = new AbortController();
        const { seqs, ended } = start({ signal: stop.signal });
        // The last one is not cut, so that there is an end.
        const whole = { bytes: Number.POSITIVE_INFINITY, piece: 200 };
        for (const { bytes, piece } of [...connections, whole]) {
          const connection = await opened();
          const rest = events.filter(({ seq }) => seq > connection.afterSeq);
          const sent = new TextEncoder().encode(framesOf(...rest)).subarray(0, bytes);
          for (let at = 0; at < sent.length; at += piece) connection.send(sent.subarray(at, at + piece));
          if (bytes === whole.bytes) await vi.waitFor(() => expect(seqs).toHaveLength(total));
          // What was not read when a connection breaks is lost, as on a real one; an end lets it be read.
          else if (bytes % 2 === 0) connection.cut();
          else connection.end();
        }
        stop.abort();
        await ended;
        expect(seqs).toEqual(events.map(({ seq }) => seq));
      }),
      { numRuns: 60 },
    );
  });

  test("goes on after the event it was told, as whose token it has", async () => {
    const { start, opened } = setUp();
    start({ afterSeq: 41 });
    expect(await opened()).toMatchObject({
      authorization: "Bearer secret",
      sessionId: SESSION,
      afterSeq: 41,
    });
  });

  test("does not give an event again that a server sends twice", async () => {
    const { start, opened } = setUp();
    const { seqs } = start();
    (await opened()).send(framesOf(delta(1), delta(2), delta(1), delta(2), delta(3)));
    await vi.waitFor(() => expect(seqs).toEqual([1, 2, 3]));
  });

  test("comes back at once after news, and later and later where there are none", async () => {
    const { start, next, opened, pauses } = setUp();
    start();
    const first = await opened();
    first.send(framesOf(delta(1)));
    first.end();
    for (let round = 0; round < 9; round += 1) (await next()).fail();
    await next();
    const [atOnce, ...others] = pauses;
    expect(atOnce).toBe(0);
    for (const [round, ms] of others.entries()) {
      const bound = Math.min(8_000, 250 * 2 ** round);
      expect(ms).toBeGreaterThanOrEqual(bound / 2);
      expect(ms).toBeLessThanOrEqual(bound);
    }
    expect(others).toHaveLength(9);
  });

  test("two that were cut off together do not come back together", async () => {
    const pausesOf = async () => {
      const { start, next, pauses } = setUp();
      start();
      for (let round = 0; round < 6; round += 1) (await next()).fail();
      await next();
      return pauses;
    };
    expect(await pausesOf()).not.toEqual(await pausesOf());
  });

  test("waits at least as long as the server asks for", async () => {
    const { start, next, pauses } = setUp();
    start();
    (await next()).refuse(new Response("<html>", { status: 503, headers: { "retry-after": "7" } }));
    (await next()).refuse(new Response("slow down", { status: 429, headers: { "retry-after": "3" } }));
    await next();
    expect(pauses[0]).toBe(7_000);
    expect(pauses[1]).toBeGreaterThan(3_000);
  });

  test("takes a connection on which nothing is heard for a dead one, and signs of life for life", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { start, opened, count } = setUp();
    start();
    const connection = await opened();
    connection.send(CONNECTED.replace("40000", "1000"));
    for (let round = 0; round < 5; round += 1) {
      await vi.advanceTimersByTimeAsync(900);
      connection.send("event: ping\ndata: \n\n");
    }
    await vi.advanceTimersByTimeAsync(900);
    expect(count()).toBe(1);
    await vi.advanceTimersByTimeAsync(100);
    expect(connection.isClosed()).toBe(true);
    expect(count()).toBe(2);
  });

  test("does not wait for ever for an answer", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { start, next, count } = setUp();
    start();
    const connection = await next();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(connection.isClosed()).toBe(true);
    expect(count()).toBe(2);
  });

  test.each([
    ["session_not_found", 404],
    ["not_signed_in", 401],
    ["token_out_of_scope", 403],
    ["invalid_input", 400],
  ])("ends with the server's own words where coming back cannot help: %s", async (code, http) => {
    const { start, opened, count } = setUp();
    const { seqs, ended } = start();
    (await opened()).send(framesOf(delta(1)) + errorText(code, http, false));
    await expect(ended).rejects.toMatchObject({
      ...{ name: "FlightdeckError", code, http, retryable: false, message: `message of ${code}` },
    });
    expect(seqs).toEqual([1]);
    expect(count()).toBe(1);
  });

  test.each([
    ["database_unavailable", 503, true],
    ["internal", 500, false],
  ])("comes back after what may pass: %s", async (code, http, retryable) => {
    const { start, opened } = setUp();
    const { seqs } = start();
    (await opened()).send(framesOf(delta(1)) + errorText(code, http, retryable));
    (await opened()).send(framesOf(delta(2)));
    await vi.waitFor(() => expect(seqs).toEqual([1, 2]));
  });

  test("asks why the server sent it away", async () => {
    const { start, opened } = setUp();
    const { ended } = start();
    (await opened()).send("event: return\ndata: \n\n");
    (await opened()).send(errorText("session_not_found", 404, false));
    await expect(ended).rejects.toMatchObject({ code: "session_not_found" });
  });

  test("goes on where it stands when it was too slow", async () => {
    const { start, opened } = setUp();
    const { seqs } = start();
    (await opened()).send(`${framesOf(delta(1), delta(2))}event: resync\ndata: {"json":{"fromSeq":3}}\n\n`);
    const second = await opened();
    expect(second.afterSeq).toBe(2);
    second.send(framesOf(delta(3)));
    await vi.waitFor(() => expect(seqs).toEqual([1, 2, 3]));
  });

  test("says so where the address is not that of a Flightdeck server", async () => {
    const { start, next } = setUp();
    const { ended } = start();
    (await next()).refuse(new Response("<html>", { headers: { "content-type": "text/html" } }));
    await expect(ended).rejects.toMatchObject({ code: "unexpected_answer", http: 200, retryable: false });
  });

  test("reads a refusal that is no stream", async () => {
    const { start, next } = setUp();
    const { ended } = start();
    const app = { code: "cross_site_request", http: 403, retryable: false };
    const shape = { message: "no", code: -32_003, data: { code: "FORBIDDEN", httpStatus: 403, app } };
    (await next()).refuse(Response.json({ error: superjson.serialize(shape) }, { status: 403 }));
    await expect(ended).rejects.toMatchObject({ code: "cross_site_request", http: 403 });
  });

  test("ends without an error when it is told to, and closes its connection", async () => {
    const { start, opened, count } = setUp();
    const stop = new AbortController();
    const { ended } = start({ signal: stop.signal });
    const connection = await opened();
    stop.abort();
    await ended;
    expect(connection.isClosed()).toBe(true);
    expect(count()).toBe(1);
  });

  test("closes its connection when its reader leaves", async () => {
    const { watch, opened } = setUp();
    const reading = (async () => {
      for await (const { seq } of watch({ sessionId: SESSION })) if (seq === 1) return;
    })();
    const connection = await opened();
    connection.send(framesOf(delta(1), delta(2)));
    await reading;
    expect(connection.isClosed()).toBe(true);
  });

  test("reads no further than its reader takes", async () => {
    const { watch, opened } = setUp();
    const reader = watch({ sessionId: SESSION })[Symbol.asyncIterator]();
    const first = reader.next();
    const connection = await opened();
    for (let seq = 1; seq <= 50; seq += 1) connection.send(framesOf(delta(seq)));
    await first;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(connection.waiting()).toBe(49);
    for (let seq = 2; seq <= 50; seq += 1) expect((await reader.next()).value).toMatchObject({ seq });
    await reader.return?.();
  });
});
