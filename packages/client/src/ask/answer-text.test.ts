import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { reduceEvents } from "@/client/events/reduce";
import { EMPTY_TRANSCRIPT } from "@/client/events/transcript";
import type { WireEvent } from "@/lib/events/wire";
import { AnswerText } from "./answer-text.js";

const prompt: WireEvent = {
  seq: 1,
  at: new Date(0),
  turnId: "t",
  type: "user.message",
  data: { content: "q" },
};

type Step = { kind: "delta" | "message" | "retracted" | "reasoning"; id: string; text: string };
const steps = fc.array(
  fc.record({
    kind: fc.constantFrom("delta" as const, "message" as const, "retracted" as const, "reasoning" as const),
    id: fc.constantFrom("a", "b", "c"),
    text: fc.string({ maxLength: 5 }),
  }),
  { maxLength: 25 },
);

/** A log in which anything may happen to three messages, and the same log with their pieces folded away. */
function logsOf(all: Step[]): { whole: WireEvent[]; folded: WireEvent[] } {
  const pieces = new Map<string, number[]>();
  const gone = new Set<number>();
  const whole = all.map(({ kind, id, text }, index): WireEvent => {
    const seq = index + 2;
    const base = { seq, at: new Date(seq), turnId: "t" };
    const mine = pieces.get(id) ?? [];
    switch (kind) {
      case "delta":
        pieces.set(id, [...mine, seq]);
        return { ...base, type: "assistant.delta", data: { messageId: id, text } };
      case "reasoning":
        return { ...base, type: "assistant.reasoning_delta", data: { reasoningId: id, text } };
      default: {
        for (const piece of mine) gone.add(piece);
        pieces.delete(id);
        const data = { messageId: id, folded: mine.map((n): [number, number] => [n, n]) };
        return kind === "retracted"
          ? { ...base, type: "assistant.retracted", data }
          : { ...base, type: "assistant.message", data: { ...data, content: text, partial: false } };
      }
    }
  });
  return { whole, folded: whole.filter(({ seq }) => !gone.has(seq)) };
}

/** What the page shows of the same events. */
function pageText(events: WireEvent[]): string {
  const [turn] = reduceEvents(EMPTY_TRANSCRIPT, [prompt, ...events]).turns;
  const messages = turn?.parts.filter(({ kind, text }) => kind === "message" && text !== "") ?? [];
  return messages.map(({ text }) => text).join("\n\n");
}

describe("the text of an answer", () => {
  test("is what the page shows, after every event", () => {
    fc.assert(
      fc.property(steps, (all) => {
        for (const log of Object.values(logsOf(all))) {
          const text = new AnswerText();
          for (const [index, event] of log.entries()) {
            text.take(event);
            expect(text.read()).toBe(pageText(log.slice(0, index + 1)));
          }
        }
      }),
    );
  });

  test("has its messages in the order in which they began, and nothing of what was taken back", () => {
    const text = new AnswerText();
    const at = new Date(0);
    const say = (seq: number, messageId: string, words: string) =>
      text.take({ seq, at, type: "assistant.delta", data: { messageId, text: words } });
    say(2, "a", "one");
    say(3, "b", "lost");
    text.take({ seq: 4, at, type: "assistant.retracted", data: { messageId: "b", folded: [[3, 3]] } });
    say(5, "c", "three");
    const data = { messageId: "a", content: "one!", partial: false, folded: [[2, 2] as [number, number]] };
    text.take({ seq: 6, at, type: "assistant.message", data });
    expect(text.read()).toBe("one!\n\nthree");
  });
});
