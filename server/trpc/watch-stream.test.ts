import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import pino from "pino";
import superjson from "superjson";
import { afterEach, describe, expect, it, vi } from "vitest";
import { AppError } from "@/lib/errors/app-error";
import type { WireEvent } from "@/lib/events/wire";
import type { WatchOptions } from "@/server/domain/sessions/watch";
import type { Actor, OwnerId } from "@/server/platform/scope";
import type { Context } from "./context";
import { SSE_MAX_MS, SSE_PING_MS } from "./init";
import { appRouter } from "./root";
import { watchStream } from "./watch-stream";

type Watch = (sessionId: string, options: WatchOptions) => AsyncGenerator<WireEvent[]>;

const actor: Actor = { kind: "user", ownerId: "o" as OwnerId, login: "mona", isAdmin: false };
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
      services: { sessions: { watch: (_: Actor, id: string, options: WatchOptions) => watch(id, options) } },
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

/** The stream's events as a browser would see them: field → value. */
const eventsIn = (text: string) =>
  text
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
    const ours = watchStream(request, createContext);
    expect(ours.headers.get("content-type")).toBe("text/event-stream");
    expect(ours.status).toBe(theirs.status);
    const said = eventsIn(await ours.text());
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
    await watchStream(request, contextOf(watch)).text();
    expect(afterSeq).toBe(7);
  });
});

describe("a watch's stream", () => {
  it("joins what is there at the same moment to one piece", async () => {
    const reader = watchStream(requestOf(), contextOf(all)).body?.getReader();
    const pieces: number[] = [];
    for (;;) {
      const read = await reader?.read();
      if (!read?.value) break;
      pieces.push(eventsIn(Buffer.from(read.value).toString()).length);
    }
    expect(pieces).toEqual([1, 2, 3]);
  });

  it.each(["reader", "request"])("ends the watch when its %s is gone", async (who) => {
    const gone = new AbortController();
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
    const { body } = watchStream(requestOf(undefined, { signal: gone.signal }), contextOf(watch));
    const reader = body?.getReader();
    await reader?.read();
    await reader?.read();
    const next = reader?.read();
    if (who === "request") gone.abort();
    else await reader?.cancel();
    expect((await next)?.done).toBe(true);
    await vi.waitFor(() => expect(ended).toBe(true));
  });

  it("does not send its client away when the process ends", async () => {
    const response = watchStream(requestOf(), contextOf(all, true, AbortSignal.abort()));
    expect(eventsIn(await response.text()).map(({ event }) => event)).not.toContain("return");
  });

  it("shows that it is alive, and ends after its time so that the client comes back", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "setTimeout", "clearTimeout"] });
    const quiet: Watch = async function* (_id, { signal }) {
      await untilAborted(signal);
      yield [];
    };
    const reader = watchStream(requestOf(), contextOf(quiet)).body?.getReader();
    const next = async () => Buffer.from((await reader?.read())?.value ?? []).toString();
    expect(await next()).toMatch(/^event: connected\n/);
    const alive = next();
    await vi.advanceTimersByTimeAsync(SSE_PING_MS);
    expect(await alive).toBe("event: ping\ndata: \n\n");
    await vi.advanceTimersByTimeAsync(SSE_MAX_MS);
    // Perhaps more signs of life, but no `return`, after which the client would stay away.
    for (let text = await next(); text !== ""; text = await next()) expect(text).not.toContain("return");
    expect(vi.getTimerCount()).toBe(0);
  });
});
