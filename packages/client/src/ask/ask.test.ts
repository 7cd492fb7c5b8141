import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { WireEvent } from "@/lib/events/wire";
import type { FlightdeckApi } from "../api.js";
import { FlightdeckError, unreachable } from "../error.js";
import type { Watch } from "../watch/watch.js";
import { createAsk } from "./ask.js";

const at = new Date(0);
const started: WireEvent = { seq: 6, at, turnId: "t", type: "turn.started", data: { model: null } };
const delta = (seq: number, text: string, turnId = "t"): WireEvent => ({
  ...{ seq, at, turnId, type: "assistant.delta" },
  data: { messageId: "m", text },
});
const whole = (seq: number, content: string): WireEvent => ({
  ...{ seq, at, turnId: "t", type: "assistant.message" },
  data: { messageId: "m", content, partial: false, folded: [] },
});
type Outcome = { outcome: "succeeded" | "failed" | "aborted"; code?: string; message?: string };
const ended = (seq: number, data: Outcome): WireEvent => ({ seq, at, turnId: "t", type: "turn.ended", data });

const busy = new FlightdeckError("full", {
  code: "queue_full",
  retryable: true,
  http: 503,
  retryAfterMs: 5_000,
});
const refused = new FlightdeckError("active", { code: "turn_already_active", retryable: false, http: 409 });

type Call = { path: string; input: unknown };

/** A server that answers each call as it is told, and has these events. */
function setUp(events: WireEvent[] = [], refusals: Partial<Record<string, Error[]>> = {}) {
  const calls: Call[] = [];
  const answers: Record<string, unknown> = {
    "sessions.create": { id: "new" },
    "turns.send": { turnId: "t", seq: 5, status: "queued" },
    "turns.abort": { aborted: true },
  };
  const gates = new Map<string, Promise<void>>();
  const call = (path: string) => async (input: unknown) => {
    calls.push({ path, input });
    await gates.get(path);
    const refusal = refusals[path]?.shift();
    if (refusal) throw refusal;
    return answers[path];
  };
  const watched: unknown[] = [];
  const watch: Watch = async function* ({ signal, ...options }) {
    watched.push(options);
    yield* events;
    if (!signal?.aborted) await new Promise<void>((end) => signal?.addEventListener("abort", () => end()));
  };
  const mutation = (path: string) => ({ mutate: call(path) });
  const api = {
    sessions: { create: mutation("sessions.create"), update: mutation("sessions.update") },
    turns: { send: mutation("turns.send"), abort: mutation("turns.abort") },
  } as unknown as FlightdeckApi;
  const inputsOf = (path: string) => calls.filter((each) => each.path === path).map(({ input }) => input);
  /** The next calls wait until the returned function is called. */
  function hold(path: string): () => void {
    let open = () => {};
    gates.set(path, new Promise((resolve) => (open = resolve)));
    return () => open();
  }
  return { ask: createAsk({ api, watch }), calls, watched, inputsOf, hold };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("ask", () => {
  test("sends the prompt in a new session and gives the text of its messages", async () => {
    const { ask, calls, watched } = setUp([
      ...[started, delta(7, "other", "another turn"), delta(8, "he"), whole(9, "hello")],
      ended(10, { outcome: "succeeded" }),
    ]);
    const answer = ask("hi", { model: "gpt-5", idempotencyKey: "k" });
    expect(await answer.text).toBe("hello");
    expect(await answer.sessionId).toBe("new");
    expect(await answer.turnId).toBe("t");
    expect(calls).toEqual([
      { path: "sessions.create", input: { model: "gpt-5" } },
      { path: "turns.send", input: { sessionId: "new", prompt: "hi", idempotencyKey: "k" } },
    ]);
    expect(watched).toEqual([{ sessionId: "new", afterSeq: 4 }]);
  });

  test("goes on in a session, with another model where one is named", async () => {
    const { ask, calls } = setUp([whole(7, "x"), ended(8, { outcome: "succeeded" })]);
    await ask("hi", { sessionId: "s", model: "gpt-5" }).text;
    expect(calls.map(({ path }) => path)).toEqual(["sessions.update", "turns.send"]);
    await ask("hi", { sessionId: "s" }).text;
    expect(calls.map(({ path }) => path)).toEqual(["sessions.update", "turns.send", "turns.send"]);
  });

  test("sends again with the same key what was not acknowledged, and waits as long as it is told", async () => {
    const refusals = { "turns.send": [unreachable(new TypeError("fetch failed")), busy] };
    const { ask, inputsOf } = setUp([whole(7, "x"), ended(8, { outcome: "succeeded" })], refusals);
    const answer = ask("hi", { sessionId: "s" });
    await vi.advanceTimersByTimeAsync(250);
    expect(inputsOf("turns.send")).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(inputsOf("turns.send")).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(500);
    expect(await answer.text).toBe("x");
    const [first, ...others] = inputsOf("turns.send");
    expect(others).toEqual([first, first]);
    expect(first).toMatchObject({ idempotencyKey: expect.stringMatching(/^[\da-f-]{36}$/) });
  });

  test("does not try for ever", async () => {
    const { ask, inputsOf } = setUp([], {
      "turns.send": Array.from({ length: 50 }, () => unreachable(null)),
    });
    const answer = ask("hi", { sessionId: "s" });
    await vi.advanceTimersByTimeAsync(120_000);
    await expect(answer.text).rejects.toMatchObject({ code: "unreachable" });
    expect(inputsOf("turns.send")).toHaveLength(8);
  });

  test("fails at once with what will not pass", async () => {
    const { ask, inputsOf } = setUp([], { "turns.send": [refused] });
    await expect(ask("hi", { sessionId: "s" }).text).rejects.toBe(refused);
    expect(inputsOf("turns.send")).toHaveLength(1);
  });

  test.each([
    ["rate_limited", true],
    ["context_limit", false],
  ])("a turn that failed is an error with its code: %s", async (code, retryable) => {
    const { ask } = setUp([delta(7, "half"), ended(8, { outcome: "failed", code, message: "why" })]);
    await expect(ask("hi").text).rejects.toMatchObject({
      ...{ name: "FlightdeckError", code, message: "why", retryable, http: null },
    });
  });

  test("an answer that somebody else stopped is an error too", async () => {
    const { ask } = setUp([delta(7, "half"), ended(8, { outcome: "aborted" })]);
    await expect(ask("hi").text).rejects.toMatchObject({ code: "stopped", retryable: false });
  });

  test("a signal stops the turn, and the answer fails with its reason when that is done", async () => {
    const { ask, inputsOf } = setUp([started, delta(7, "half")]);
    const stop = new AbortController();
    const answer = ask("hi", { sessionId: "s", signal: stop.signal });
    for await (const { text } of answer) {
      expect(text).toBe("half");
      break;
    }
    expect(inputsOf("turns.abort")).toEqual([]);
    const reason = new Error("enough");
    stop.abort(reason);
    await expect(answer.text).rejects.toBe(reason);
    expect(inputsOf("turns.abort")).toEqual([{ sessionId: "s" }]);
  });

  test("a signal while the prompt is sent stops the turn that it becomes", async () => {
    const { ask, inputsOf, hold } = setUp([started]);
    const release = hold("turns.send");
    const stop = new AbortController();
    const answer = ask("hi", { sessionId: "s", signal: stop.signal });
    await vi.advanceTimersByTimeAsync(1);
    stop.abort(new Error("enough"));
    await vi.advanceTimersByTimeAsync(1);
    expect(inputsOf("turns.abort")).toEqual([]);
    release();
    await expect(answer.text).rejects.toThrow("enough");
    expect(inputsOf("turns.abort")).toEqual([{ sessionId: "s" }]);
  });

  test("a signal stops what may run of a prompt whose acknowledgement was lost, in a session of its own", async () => {
    const { ask, inputsOf } = setUp([started], { "turns.send": [unreachable(null)] });
    const stop = new AbortController();
    const answer = ask("hi", { signal: stop.signal });
    await vi.advanceTimersByTimeAsync(1);
    stop.abort(new Error("enough"));
    await expect(answer.text).rejects.toThrow("enough");
    expect(inputsOf("turns.send")).toHaveLength(1);
    expect(inputsOf("turns.abort")).toEqual([{ sessionId: "new" }]);
  });

  test("a signal never stops a turn that is not this one", async () => {
    const { ask, inputsOf } = setUp([], { "turns.send": [busy, refused] });
    const stop = new AbortController();
    const answer = ask("hi", { sessionId: "s", signal: stop.signal });
    await vi.advanceTimersByTimeAsync(1);
    stop.abort(new Error("enough"));
    await expect(answer.text).rejects.toThrow("enough");
    expect(inputsOf("turns.abort")).toEqual([]);
  });

  test("with a signal that was aborted before does nothing", async () => {
    const { ask, calls } = setUp();
    await expect(ask("hi", { signal: AbortSignal.abort(new Error("no")) }).text).rejects.toThrow("no");
    expect(calls).toEqual([]);
  });
});
