import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { WireEvent } from "@/lib/events/wire";
import { reduceEvent, reduceEvents } from "./reduce";
import { activeTurnOf, EMPTY_TRANSCRIPT, type Transcript } from "./transcript";

type Body = {
  [T in WireEvent["type"]]: { type: T; data: Extract<WireEvent, { type: T }>["data"] };
}[WireEvent["type"]];

/** Numbers bodies from 1 on, as the log does. */
function numbered(turnId: string, bodies: readonly Body[], from = 1): WireEvent[] {
  return bodies.map(
    (body, index) => ({ ...body, turnId, seq: from + index, at: new Date(index) }) as WireEvent,
  );
}

const delta = (messageId: string, text: string): Body => ({
  type: "assistant.delta",
  data: { messageId, text },
});
const thought = (reasoningId: string, text: string): Body => ({
  type: "assistant.reasoning_delta",
  data: { reasoningId, text },
});
const prompt = (content: string, retryOf?: string): Body => ({
  type: "user.message",
  data: { content, retryOf },
});
const started: Body = { type: "turn.started", data: { model: "gpt-5" } };
const ended = (outcome: "succeeded" | "failed" | "aborted"): Body => ({
  type: "turn.ended",
  data: { outcome },
});

/** One finished turn as the log first holds it: pieces of messages and thoughts mixed, then their whole texts. */
const turnArb = fc
  .record({
    pieces: fc.array(
      fc.record({
        kind: fc.constantFrom("message", "reasoning"),
        id: fc.constantFrom("a", "b", "c"),
        text: fc.string({ minLength: 1, maxLength: 6 }),
      }),
      { maxLength: 14 },
    ),
    order: fc.array(fc.nat(), { minLength: 6, maxLength: 6 }),
    outcome: fc.constantFrom("succeeded" as const, "failed" as const, "aborted" as const),
    notice: fc.boolean(),
  })
  .map(({ pieces, order, outcome, notice }) => {
    const head: Body[] = [prompt("question"), started];
    if (notice) head.push({ type: "turn.notice", data: { code: "model_retrying", message: "again" } });
    const body = pieces.map(({ kind, id, text }) =>
      kind === "message" ? delta(id, text) : thought(id, text),
    );
    const wholes = [...new Set(pieces.map(({ kind, id }) => `${kind}:${id}`))]
      .map((key, index) => ({ key, rank: order[index] ?? 0 }))
      .sort((x, y) => x.rank - y.rank)
      .map(({ key }) => key);
    return { head, body, wholes, pieces, outcome };
  });

/** The log of such a turn, whole, and the same log once its pieces are folded away. */
function logsOf(turn: typeof turnArb extends fc.Arbitrary<infer T> ? T : never) {
  const opening = numbered("t", [...turn.head, ...turn.body]);
  const firstPiece = turn.head.length + 1;
  const finals = turn.wholes.map((key): Body => {
    const mine = turn.pieces
      .map((piece, index) => ({ ...piece, seq: firstPiece + index }))
      .filter((piece) => `${piece.kind}:${piece.id}` === key);
    const folded = mine.map(({ seq }) => [seq, seq] as [number, number]);
    const content = mine.map(({ text }) => text).join("");
    const [kind, id = ""] = key.split(":");
    return kind === "message"
      ? { type: "assistant.message", data: { messageId: id, content, partial: false, folded } }
      : { type: "assistant.reasoning", data: { reasoningId: id, content, folded } };
  });
  const closing = numbered("t", [...finals, ended(turn.outcome)], opening.length + 1);
  const whole = [...opening, ...closing];
  const folded = whole.filter(
    ({ type }) => type !== "assistant.delta" && type !== "assistant.reasoning_delta",
  );
  return { whole, folded };
}

const seen = (transcript: Transcript) => ({ ...transcript, turns: transcript.turns });

describe("the transcript", () => {
  test("tells a turn's place in the queue until it starts", () => {
    const queued = (position: number, reason: "servers_busy" | "person_limit"): Body => ({
      type: "turn.queued",
      data: { position, reason },
    });
    const bodies = [prompt("question"), queued(3, "servers_busy"), queued(2, "servers_busy")];
    const more = [queued(1, "servers_busy"), queued(1, "person_limit"), started];
    const notices = numbered("t", [...bodies, ...more]).map((_, index, all) => {
      const turn = activeTurnOf(reduceEvents(EMPTY_TRANSCRIPT, all.slice(0, index + 1)));
      return `${turn?.status}: ${turn?.notice}`;
    });
    expect(notices).toEqual([
      "queued: null",
      "queued: Copilot is busy. 2 prompts are before yours.",
      "queued: Copilot is busy. 1 prompt is before yours.",
      "queued: Copilot is busy. Your prompt is next in line.",
      "queued: Waiting for your other answers: only so many run at once for one person.",
      "running: null",
    ]);
  });

  test("is the same whether the pieces of the answer are still in the log or folded away", () => {
    fc.assert(
      fc.property(turnArb, (turn) => {
        const { whole, folded } = logsOf(turn);
        expect(seen(reduceEvents(EMPTY_TRANSCRIPT, folded))).toEqual(
          seen(reduceEvents(EMPTY_TRANSCRIPT, whole)),
        );
      }),
    );
  });

  test("is the same wherever the stream breaks, whatever is sent again, and if the log was folded in between", () => {
    fc.assert(
      fc.property(turnArb, fc.nat(), fc.nat(), fc.boolean(), (turn, breakAt, overlap, foldedMeanwhile) => {
        const { whole, folded } = logsOf(turn);
        const cut = breakAt % (whole.length + 1);
        const before = reduceEvents(EMPTY_TRANSCRIPT, whole.slice(0, cut));
        const resumeAfter = Math.max(0, before.lastSeq - (overlap % 4));
        const rest = (foldedMeanwhile ? folded : whole).filter((event) => event.seq > resumeAfter);
        expect(seen(reduceEvents(before, rest))).toEqual(seen(reduceEvents(EMPTY_TRANSCRIPT, whole)));
      }),
    );
  });

  test("ignores an event it has already applied", () => {
    const events = numbered("t", [prompt("q"), started, delta("m", "x")]);
    const once = reduceEvents(EMPTY_TRANSCRIPT, events);
    for (const event of events) expect(reduceEvent(once, event)).toBe(once);
  });

  test("keeps the identity of turns an event does not touch", () => {
    const first = reduceEvents(EMPTY_TRANSCRIPT, numbered("t1", [prompt("q"), started, ended("succeeded")]));
    const second = reduceEvents(first, numbered("t2", [prompt("q2"), started, delta("m", "x")], 4));
    expect(second.turns[0]).toBe(first.turns[0]);
  });

  test("a retry takes the place of the turn it repeats", () => {
    const failed = reduceEvents(EMPTY_TRANSCRIPT, numbered("t1", [prompt("q"), started, ended("failed")]));
    const retried = reduceEvents(failed, numbered("t2", [prompt("q", "t1"), started], 4));
    expect(retried.turns.map(({ turnId, supersededBy }) => [turnId, supersededBy])).toEqual([
      ["t1", "t2"],
      ["t2", null],
    ]);
    expect(activeTurnOf(retried)?.turnId).toBe("t2");
  });

  test("text that was taken back is gone, and the answer starts again", () => {
    const transcript = reduceEvents(
      EMPTY_TRANSCRIPT,
      numbered("t", [
        prompt("q"),
        started,
        delta("m", "half an ans"),
        { type: "assistant.retracted", data: { messageId: "m", folded: [[3, 3]] } },
        delta("m", "whole"),
      ]),
    );
    expect(transcript.turns[0]?.parts.map(({ text }) => text)).toEqual(["whole"]);
  });

  test("a notice goes as soon as text arrives; what is true of the whole answer stays", () => {
    const events = numbered("t", [
      prompt("q"),
      started,
      { type: "turn.notice", data: { code: "memory_lost", message: "memory" } },
      { type: "turn.notice", data: { code: "model_retrying", message: "again" } },
    ]);
    const waiting = reduceEvents(EMPTY_TRANSCRIPT, events);
    expect(waiting.turns[0]).toMatchObject({ notice: "again", remark: "memory" });
    const answering = reduceEvents(waiting, numbered("t", [delta("m", "x")], 5));
    expect(answering.turns[0]).toMatchObject({ notice: null, remark: "memory" });
  });

  test("an administrator's reading stands after the turn that was the newest, and changes no turn", () => {
    const read = (seq: number, reason: string): WireEvent => ({
      ...{ seq, at: new Date(seq), type: "session.read" },
      data: { by: "octocat", reason },
    });
    const early = reduceEvents(EMPTY_TRANSCRIPT, [read(1, "early")]);
    const asked = reduceEvents(early, numbered("t", [prompt("q")], 2));
    const after = reduceEvents(asked, [read(3, "late")]);
    expect(after.reads).toMatchObject([
      { seq: 1, afterTurnId: null, by: "octocat", reason: "early" },
      { seq: 3, afterTurnId: "t", by: "octocat", reason: "late" },
    ]);
    expect(after.turns).toBe(asked.turns);
    expect(reduceEvent(after, read(3, "late"))).toBe(after);
  });

  test("usage is the sum over all model calls of the turn", () => {
    const usage = (inputTokens: number, outputTokens: number): Body => ({
      type: "usage",
      data: { model: "gpt-5", inputTokens, outputTokens, durationMs: 10, timeToFirstTokenMs: inputTokens },
    });
    const { turns } = reduceEvents(
      EMPTY_TRANSCRIPT,
      numbered("t", [prompt("q"), usage(1, 2), usage(30, 40)]),
    );
    expect(turns[0]?.usage).toEqual({
      model: "gpt-5",
      calls: 2,
      inputTokens: 31,
      outputTokens: 42,
      durationMs: 20,
      timeToFirstTokenMs: 1,
    });
  });
});
