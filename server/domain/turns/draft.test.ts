import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EventType, Folded, NewEvent, WireEvent, WireEventOf } from "@/lib/events/wire";
import type { CopilotSignal } from "@/server/copilot/types";
import { TurnDraft } from "./draft";

/** A log in memory, with what every watcher of the whole turn saw, folded or not. */
function createLog(first: TurnDraft) {
  let draft = first;
  const rows = new Map<number, WireEvent>();
  const seen: WireEvent[] = [];
  let lastSeq = 0;
  return {
    rows,
    seen,
    /** One append; `meanwhile` happens between handing out and storing. */
    write(meanwhile: () => void = () => {}) {
      const { events, fold } = draft.take();
      meanwhile();
      if (events.length === 0) return;
      // What is stored is what was handed out, whatever is said meanwhile.
      const stored = structuredClone(events).map(
        (event) => ({ ...event, seq: ++lastSeq, at: new Date(0) }) as WireEvent,
      );
      for (const event of stored) rows.set(event.seq, event);
      for (const seq of fold) rows.delete(seq);
      seen.push(...stored);
      draft.stored(stored);
    },
    lastSeq: () => lastSeq,
    /** From here on `next` writes, which knows what is stored. */
    handOver(next: TurnDraft) {
      draft = next;
      next.restore([...rows.values()].sort((a, b) => a.seq - b.seq));
    },
  };
}

const only = <T extends EventType>(events: Iterable<WireEvent>, type: T) =>
  [...events].filter((event): event is WireEventOf<T> & WireEvent => event.type === type);

/** The text of each message as a reader of these events shows it, in the order the messages appeared. */
function replay(events: Iterable<WireEvent>): [string, string][] {
  const texts = new Map<string, string>();
  for (const event of events) {
    if (event.type === "assistant.delta") {
      const { messageId, text } = event.data;
      texts.set(messageId, (texts.get(messageId) ?? "") + text);
    }
    if (event.type === "assistant.message") texts.set(event.data.messageId, event.data.content);
    if (event.type === "assistant.retracted") texts.delete(event.data.messageId);
    if (event.type === "assistant.reasoning_delta") {
      const { reasoningId, text } = event.data;
      texts.set(reasoningId, (texts.get(reasoningId) ?? "") + text);
    }
    if (event.type === "assistant.reasoning") {
      if (event.data.content === "") texts.delete(event.data.reasoningId);
      else texts.set(event.data.reasoningId, event.data.content);
    }
  }
  return [...texts].sort(([a], [b]) => a.localeCompare(b));
}

const foldedOf = (event: WireEvent): Folded => ("folded" in event.data ? event.data.folded : []);
const spread = ([first, last]: [number, number]) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

const delta = (messageId: string, text: string): CopilotSignal => ({ kind: "delta", messageId, text });
const message = (messageId: string, content: string): CopilotSignal => ({
  kind: "message",
  messageId,
  content,
  reasoning: null,
});
const thought = (reasoningId: string, text: string): CopilotSignal => ({
  kind: "reasoning_delta",
  reasoningId,
  text,
});

/** Model calls one after the other, some of them cut and asked again, as the CLI reports them. */
const conversation = fc
  .array(
    fc.record({
      cuts: fc.array(fc.array(fc.string({ minLength: 1, maxLength: 3 }), { maxLength: 4 }), { maxLength: 3 }),
      thoughts: fc.array(fc.string({ minLength: 1, maxLength: 3 }), { maxLength: 3 }),
      words: fc.array(fc.string({ minLength: 1, maxLength: 3 }), { maxLength: 6 }),
      ends: fc.boolean(),
    }),
    { minLength: 1, maxLength: 3 },
  )
  .map((calls) => {
    const signals: CopilotSignal[] = [];
    const final: [string, string][] = [];
    for (const [n, { cuts, thoughts, words, ends }] of calls.entries()) {
      const isLast = n === calls.length - 1;
      for (const [attempt, texts] of cuts.entries()) {
        signals.push(...texts.map((text) => delta(`m${n}-${attempt}`, text)));
        signals.push({ kind: "retrying", status: null });
      }
      signals.push(...thoughts.map((text) => thought(`r${n}`, text)));
      signals.push(...words.map((text) => delta(`m${n}`, text)));
      const cutShort = isLast && !ends;
      if (words.length > 0 && !cutShort) signals.push(message(`m${n}`, words.join("")));
      if (thoughts.length > 0 && !cutShort && words.length > 0)
        signals.push({ kind: "reasoning", reasoningId: `r${n}`, content: thoughts.join("") });
      if (thoughts.length > 0) final.push([`r${n}`, thoughts.join("")]);
      if (words.length > 0) final.push([`m${n}`, words.join("")]);
    }
    return { signals, final: final.sort(([a], [b]) => a.localeCompare(b)), calls };
  });

/** After which signals there is a write, and how many more signals arrive while it is under way. */
const rhythm = fc.array(fc.record({ write: fc.boolean(), during: fc.nat(4) }), {
  minLength: 1,
  maxLength: 30,
});

type Beats = { write: boolean; during: number }[];

function run(signals: CopilotSignal[], beats: Beats, draft = new TurnDraft("t"), log = createLog(draft)) {
  const left = [...signals];
  for (let n = 0; left.length > 0; n++) {
    const next = left.shift();
    if (next) draft.accept(next);
    const beat = beats[n % beats.length];
    if (!beat?.write) continue;
    log.write(() => {
      for (const signal of left.splice(0, beat.during)) draft.accept(signal);
    });
  }
  draft.settle();
  draft.add({ type: "turn.ended", data: { outcome: "succeeded" } });
  log.write();
  return { draft, log };
}

describe("the log of a turn, however its signals and writes fall", () => {
  it("reads the same for who watched all along and for who comes later", () => {
    fc.assert(
      fc.property(conversation, rhythm, ({ signals }, beats) => {
        const { log } = run(signals, beats);
        expect(replay(log.rows.values())).toEqual(replay(log.seen));
      }),
    );
  });

  it("keeps no delta row of a finished turn", () => {
    fc.assert(
      fc.property(conversation, rhythm, ({ signals }, beats) => {
        const { log } = run(signals, beats);
        expect(only(log.rows.values(), "assistant.delta")).toEqual([]);
        expect(only(log.rows.values(), "assistant.reasoning_delta")).toEqual([]);
      }),
    );
  });

  it("explains every number that is missing, and only those", () => {
    fc.assert(
      fc.property(conversation, rhythm, ({ signals }, beats) => {
        const { log } = run(signals, beats);
        const explained = [...log.rows.values()].flatMap(foldedOf).flatMap(spread);
        const missing = Array.from({ length: log.lastSeq() }, (_, index) => index + 1).filter(
          (seq) => !log.rows.has(seq),
        );
        expect(explained.sort((a, b) => a - b)).toEqual(missing);
      }),
    );
  });

  it("holds the whole text of every answer, and nothing of the attempts that failed", () => {
    fc.assert(
      fc.property(conversation, rhythm, ({ signals, final, calls }, beats) => {
        // A call that failed and was not answered any more keeps its last attempt; that is another test's.
        fc.pre(calls.every(({ words }) => words.length > 0));
        const { log } = run(signals, beats);
        expect(replay(log.rows.values())).toEqual(final);
      }),
    );
  });
});

describe("a turn that another runner takes up", () => {
  const cut = fc.record({ at: fc.nat(60), beats: rhythm, later: rhythm });

  /** The first runner writes by `beats` and dies after `at` signals; what it had not written is lost. */
  function dead(signals: CopilotSignal[], { at, beats }: { at: number; beats: Beats }) {
    const draft = new TurnDraft("t");
    const log = createLog(draft);
    const said = signals.slice(0, at);
    for (const [n, signal] of said.entries()) {
      draft.accept(signal);
      if (beats[n % beats.length]?.write) log.write();
    }
    const next = new TurnDraft("t");
    log.handOver(next);
    return { log, next, said, rest: signals.slice(at) };
  }

  it("reads as if nothing had happened, where the next one heard everything", () => {
    fc.assert(
      fc.property(conversation, cut, ({ signals, calls }, how) => {
        fc.pre(calls.every(({ words }) => words.length > 0));
        const { log, next, said, rest } = dead(signals, how);
        next.replay(said);
        run(rest, how.later, next, log);
        const undisturbed = run(signals, how.later).log;
        expect(replay(log.rows.values())).toEqual(replay(undisturbed.rows.values()));
        expect(replay(log.seen)).toEqual(replay(log.rows.values()));
        const count = (type: EventType, of: typeof log) => only(of.rows.values(), type).length;
        for (const type of ["usage", "turn.notice"] as const) {
          expect(count(type, log)).toBe(count(type, undisturbed));
        }
      }),
    );
  });

  it("reads like the second answer alone, where the prompt had to be sent again", () => {
    const again = fc.record({ first: conversation, second: conversation, how: cut });
    fc.assert(
      fc.property(again, ({ first, second, how }) => {
        fc.pre(second.calls.every(({ words }) => words.length > 0));
        const renamed = (signal: CopilotSignal): CopilotSignal => ({
          ...signal,
          ...("messageId" in signal && { messageId: `again-${signal.messageId}` }),
          ...("reasoningId" in signal && { reasoningId: `again-${signal.reasoningId}` }),
        });
        const { log, next } = dead(first.signals, how);
        next.restart();
        run(second.signals.map(renamed), how.later, next, log);
        const texts = second.final.map(([id, text]) => [`again-${id}`, text]);
        expect(replay(log.rows.values())).toEqual(texts);
        expect(replay(log.seen)).toEqual(texts);
      }),
    );
  });

  it("is whole in the end, where the next one came late and heard only the rest", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 1, maxLength: 3 }), { minLength: 1 }),
        cut,
        (words, how) => {
          const signals = [...words.map((text) => delta("m", text)), message("m", words.join(""))];
          const { log, next, rest } = dead(signals.slice(0, -1), { ...how, at: how.at % signals.length });
          next.joinLate();
          const heard = rest.slice(1);
          const before = replay(log.rows.values());
          for (const signal of heard) next.accept(signal);
          log.write();
          expect(replay(log.rows.values())).toEqual(before);
          run([message("m", words.join(""))], how.later, next, log);
          expect(replay(log.rows.values())).toEqual([["m", words.join("")]]);
        },
      ),
    );
  });
});

describe("a turn's draft", () => {
  const types = (events: NewEvent[]) => events.map((event) => event.type);

  it("takes back the text of an attempt that failed while nobody listened", () => {
    const draft = new TurnDraft("t");
    const at = new Date(0);
    draft.restore([
      { seq: 3, turnId: "t", at, type: "assistant.delta", data: { messageId: "m", text: "a" } },
    ]);
    draft.joinLate();
    draft.accept(message("n", "all"));
    expect(draft.take().events.map(({ type, data }) => [type, data])).toEqual([
      ["assistant.retracted", { messageId: "m", folded: [[3, 3]] }],
      ["assistant.message", { messageId: "n", content: "all", partial: false, folded: [] }],
    ]);
  });

  it("takes back what was said before the prompt was sent again, where that had not been done yet", () => {
    const draft = new TurnDraft("t");
    const at = new Date(0);
    draft.restore([
      { seq: 3, turnId: "t", at, type: "assistant.delta", data: { messageId: "m", text: "a" } },
    ]);
    draft.replay([]);
    draft.accept(delta("n", "b"));
    expect(draft.take().events.map(({ type, data }) => [type, data])).toEqual([
      ["assistant.retracted", { messageId: "m", folded: [[3, 3]] }],
      ["assistant.delta", { messageId: "n", text: "b" }],
    ]);
  });

  it("joins text that waits into one row", () => {
    const draft = new TurnDraft("t");
    for (const text of ["a", "b", "c"]) draft.accept(delta("m", text));
    expect(draft.take().events).toEqual([
      { type: "assistant.delta", turnId: "t", data: { messageId: "m", text: "abc" } },
    ]);
    expect(draft.isEmpty).toBe(true);
  });

  it("is urgent for the first text of a message and for what is not text, not for more text", () => {
    const draft = new TurnDraft("t");
    draft.accept(delta("m", "a"));
    expect(draft.isUrgent).toBe(true);
    draft.take();
    draft.accept(delta("m", "b"));
    expect([draft.isUrgent, draft.isEmpty]).toEqual([false, false]);
    draft.accept({ kind: "retrying", status: 429 });
    expect(draft.isUrgent).toBe(true);
  });

  it("puts finished reasoning before the message it led to, once", () => {
    const draft = new TurnDraft("t");
    draft.accept(thought("r", "hm"));
    draft.take();
    draft.accept(delta("m", "a"));
    draft.accept(message("m", "a"));
    draft.accept({ kind: "reasoning", reasoningId: "r", content: "hm" });
    expect(types(draft.take().events)).toEqual(["assistant.reasoning", "assistant.message"]);
  });

  it("keeps what had arrived of a message that never ended, marked partial", () => {
    const draft = new TurnDraft("t");
    draft.accept(delta("m", "half"));
    draft.settle();
    expect(draft.take().events).toMatchObject([
      { type: "assistant.message", data: { messageId: "m", content: "half", partial: true } },
    ]);
  });

  it("takes the text of a failed model call back, also where the new answer comes without streaming", () => {
    const draft = new TurnDraft("t");
    const log = createLog(draft);
    draft.accept(delta("m1", "half"));
    log.write();
    draft.accept({ kind: "retrying", status: null });
    draft.accept(message("m2", "whole"));
    draft.settle();
    log.write();
    expect(replay(log.rows.values())).toEqual([["m2", "whole"]]);
  });

  it("keeps a finished message when a later model call fails", () => {
    const draft = new TurnDraft("t");
    const log = createLog(draft);
    draft.accept(message("m1", "done"));
    draft.accept({ kind: "retrying", status: 500 });
    draft.accept(delta("m2", "more"));
    log.write();
    expect(replay(log.rows.values())).toEqual([
      ["m1", "done"],
      ["m2", "more"],
    ]);
  });

  it("keeps the last attempt of a model call that failed for good", () => {
    const draft = new TurnDraft("t");
    const log = createLog(draft);
    draft.accept(delta("m1", "half"));
    draft.accept({ kind: "retrying", status: null });
    draft.settle();
    log.write();
    expect(replay(log.rows.values())).toEqual([["m1", "half"]]);
  });

  it("folds rows that were still being written when their message was completed", () => {
    const draft = new TurnDraft("t");
    const log = createLog(draft);
    draft.accept(delta("m", "ab"));
    log.write(() => draft.accept(message("m", "abc")));
    log.write();
    expect([...log.rows.keys()]).toEqual([2]);
    expect([...log.rows.values()].map(foldedOf)).toEqual([[[1, 1]]]);
  });
});
