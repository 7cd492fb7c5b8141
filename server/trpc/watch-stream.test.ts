import { createServer, get, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import pino from "pino";
import superjson from "superjson";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { AppError } from "@/lib/errors/app-error";
import type { WireEvent } from "@/lib/events/wire";
import type { WatchOptions } from "@/server/domain/sessions/watch";
import type { Actor, OwnerId } from "@/server/platform/scope";
import type { Context } from "./context";
import { SSE_MAX_MS, SSE_PING_MS, SSE_STALL_MS } from "./init";
import { appRouter } from "./root";
import { writeWatch } from "./watch-stream";

type Watch = (sessionId: string, options: WatchOptions) => AsyncGenerator<WireEvent[]>;

const actor: Actor = {
  kind: "user",
  ownerId: "o" as OwnerId,
  login: "mona",
  role: "user",
  address: null,
  token: null,
};
const SESSION = "0b8d8f2e-6c1d-4b8f-9d7e-2f1f5b1f6a01";

const delta = (seq: number, text = `text ${seq}`): WireEvent => ({
  seq,
  turnId: "t",
  at: new Date(1_700_000_000_000 + seq),
  type: "assistant.delta",
  data: { messageId: "m", text },
});

function contextOf(watch: Watch, signedIn = true, stopping = new AbortController().signal) {
  return async (): Promise<Context> =>
    ({
      services: {
        quotas: { openStream: async () => () => {} },
        sessions: { watch: (_: Actor, id: string, options: WatchOptions) => watch(id, options) },
      },
      actor: signedIn ? actor : null,
      log: pino({ level: "silent" }),
      stopping,
      reauthenticate: async () => actor,
    }) as unknown as Context;
}

function requestOf(input: unknown = { sessionId: SESSION }, init: RequestInit = {}): Request {
  const text = typeof input === "string" ? input : superjson.stringify(input);
  return new Request(`http://x/t/sessions.watch?input=${encodeURIComponent(text)}`, init);
}

let server: Server;
/** Answers the next connection. */
let answer: Parameters<typeof writeWatch>[2];
let asked: Request;

beforeAll(async () => {
  server = createServer((_, response) => void writeWatch(asked, response, answer));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** Opens a watch over a real socket. */
function open(request: Request, createContext: typeof answer): Promise<IncomingMessage> {
  asked = request;
  answer = createContext;
  return new Promise((resolve, reject) => {
    const { port } = server.address() as AddressInfo;
    get({ host: "127.0.0.1", port, agent: false }, resolve).once("error", reject);
  });
}

/** The stream's events as a browser would see them: field → value. */
const eventsIn = (stream: string) =>
  stream
    .split("\n\n")
    .map((block) => Object.fromEntries(block.split("\n").flatMap((line) => [line.split(/: ?(.*)/s, 2)])))
    .filter((fields) => "data" in fields)
    .map(({ event, id, data }) => ({ event, id, data: data && superjson.parse(data) }));

const untilAborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });

const everyKind: WireEvent[] = [
  { ...delta(1), turnId: undefined, type: "session.updated", data: { title: "é \u2028 \n\n data: x" } },
  delta(2, 'line\nbreak\r\n"quoted" \u0000'),
  {
    ...delta(3),
    type: "assistant.message",
    data: { messageId: "m", content: "", partial: false, folded: [[2, 2]] },
  },
  { ...delta(4), type: "turn.ended", data: { outcome: "failed", code: "internal" } },
];

async function* all(): AsyncGenerator<WireEvent[]> {
  yield everyKind.slice(0, 2);
  await new Promise((resolve) => setTimeout(resolve, 5));
  yield everyKind.slice(2);
}

async function* failing(error: Error): AsyncGenerator<WireEvent[]> {
  yield [delta(1)];
  throw error;
}

afterEach(() => {
  vi.useRealTimers();
});

describe("a watch, next to tRPC's own writer", () => {
  it.each<[string, Watch, Request, boolean?]>([
    ["events of every kind", all, requestOf()],
    ["an error on the way", () => failing(new AppError("session_not_found")), requestOf()],
    ["an error that may pass", () => failing(new AppError("database_unavailable")), requestOf()],
    ["an unexpected error", () => failing(new TypeError("secret")), requestOf()],
    ["no login", all, requestOf(), false],
    ["input that is not JSON", all, requestOf("{")],
    ["no input", all, new Request("http://x/t/sessions.watch")],
    ["an id that is none", all, requestOf({ sessionId: "../" })],
    ["an event number that is none", all, requestOf({ sessionId: SESSION, lastEventId: "x" })],
  ])("says the same: %s", async (_, watch, request, signedIn) => {
    const createContext = contextOf(watch, signedIn);
    const theirs = await fetchRequestHandler({
      endpoint: "/t",
      req: request.clone(),
      router: appRouter,
      createContext,
    });
    const ours = await open(request, createContext);
    expect(ours.headers["content-type"]).toBe("text/event-stream");
    expect(ours.statusCode).toBe(theirs.status);
    const said = eventsIn(await text(ours));
    expect(said.length).toBeGreaterThan(1);
    expect(said).toEqual(eventsIn(await theirs.text()));
  });

  it.each<[string, Request]>([
    ["a header", requestOf({ sessionId: SESSION, lastEventId: "3" }, { headers: { "last-event-id": "7" } })],
    ["the address", new Request(`${requestOf().url}&lastEventId=7`)],
    ["the input", requestOf({ sessionId: SESSION, lastEventId: "7" })],
  ])("continues after the event id in %s", async (_, request) => {
    let afterSeq = -1;
    const watch: Watch = async function* (_id, options) {
      afterSeq = options.afterSeq;
      yield [delta(8)];
    };
    await text(await open(request, contextOf(watch)));
    expect(afterSeq).toBe(7);
  });
});

describe("a watch's stream", () => {
  it("ends the watch when its reader is gone", async () => {
    let ended = false;
    const watch: Watch = async function* (_id, { signal }) {
      try {
        for (let seq = 1; ; seq += 1) {
          yield [delta(seq)];
          await untilAborted(signal);
        }
      } finally {
        ended = true;
      }
    };
    const stream = await open(requestOf(), contextOf(watch));
    stream.once("data", () => stream.destroy());
    await vi.waitFor(() => expect(ended).toBe(true));
  });

  it("asks for no more than a reader takes that does not read, and gives it everything when it does", async () => {
    const count = 400;
    let given = 0;
    const watch: Watch = async function* () {
      for (let seq = 1; seq <= count; seq += 1) {
        given = seq;
        yield [delta(seq, "x".repeat(100_000))];
      }
    };
    const stream = await open(requestOf(), contextOf(watch));
    let before = -1;
    await vi.waitFor(
      () => {
        const stands = given === before;
        before = given;
        expect(stands).toBe(true);
      },
      { interval: 200, timeout: 5_000 },
    );
    expect(given).toBeLessThan(count);
    const seqs = eventsIn(await text(stream)).flatMap(({ id }) => (id ? [Number(id)] : []));
    expect(seqs).toEqual(Array.from({ length: count }, (_, index) => index + 1));
  });

  it("tells a reader that does not follow where to read on, and lets go of it; nothing is skipped until there", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    let given = 0;
    let over = false;
    const watch: Watch = async function* () {
      try {
        for (;;) {
          given += 1;
          yield [delta(given, "x".repeat(1_000_000))];
        }
      } finally {
        over = true;
      }
    };
    const stream = await open(requestOf(), contextOf(watch));
    let before = -1;
    while (given !== before) {
      before = given;
      await sleep(100);
    }
    await vi.advanceTimersByTimeAsync(SSE_STALL_MS);
    await expect.poll(() => over).toBe(true);
    const events = eventsIn(await text(stream));
    const seqs = events.flatMap(({ id }) => (id ? [Number(id)] : []));
    expect(seqs).toEqual(Array.from({ length: given }, (_, index) => index + 1));
    expect(events.at(-1)).toMatchObject({ event: "resync", data: { fromSeq: given + 1 } });
  });

  it("takes the socket of a reader that is gone without a word", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const watch: Watch = async function* () {
      for (let seq = 1; ; seq += 1) yield [delta(seq, "x".repeat(1_000_000))];
    };
    const stream = await open(requestOf(), contextOf(watch));
    let closed = false;
    stream.once("error", () => {
      closed = true;
    });
    for (let round = 0; round < 2; round += 1) {
      await sleep(300);
      await vi.advanceTimersByTimeAsync(SSE_STALL_MS);
    }
    stream.resume();
    await expect.poll(() => closed).toBe(true);
  });

  it("does not send its client away when the process ends", async () => {
    const stream = await open(requestOf(), contextOf(all, true, AbortSignal.abort()));
    expect(eventsIn(await text(stream)).map(({ event }) => event)).not.toContain("return");
  });

  it("shows that it is alive, and ends after its time so that the client comes back", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "setTimeout", "clearTimeout"] });
    const quiet: Watch = async function* (_id, { signal }) {
      await untilAborted(signal);
      yield [];
    };
    const stream = await open(requestOf(), contextOf(quiet));
    stream.setEncoding("utf8");
    const pieces: AsyncIterator<string> = stream[Symbol.asyncIterator]();
    expect((await pieces.next()).value).toMatch(/^event: connected\n/);
    await vi.advanceTimersByTimeAsync(SSE_PING_MS);
    expect((await pieces.next()).value).toBe("event: ping\ndata: \n\n");
    await vi.advanceTimersByTimeAsync(SSE_MAX_MS);
    // Perhaps more signs of life, but no `return`, after which the client would stay away.
    for (let piece = await pieces.next(); !piece.done; piece = await pieces.next()) {
      expect(piece.value).not.toContain("return");
    }
  });
});
