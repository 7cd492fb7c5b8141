import { describe, expect, it } from "vitest";
import type { NewEvent, WireEvent } from "@/lib/events/wire";
import { memoryOf, transcript } from "./memory";
import { MEMORY_CHARS_MAX } from "./tunables";

const numbered = (events: NewEvent[]) =>
  events.map((event, index) => ({ ...event, seq: index + 1, at: new Date(0) }) as WireEvent);
const prompt = (content: string): NewEvent => ({ type: "user.message", data: { content } });
const answer = (messageId: string, content: string): NewEvent => ({
  type: "assistant.message",
  data: { messageId, content, partial: false, folded: [] },
});

describe("the memory of a conversation", () => {
  it("has prompts and answers in their order, and nothing that was taken back", () => {
    const events = numbered([
      prompt("one"),
      answer("m1", "taken back"),
      { type: "assistant.retracted", data: { messageId: "m1", folded: [] } },
      answer("m2", "first"),
      { type: "turn.ended", data: { outcome: "succeeded" } },
      prompt("two"),
    ]);
    const text = transcript(events);
    expect(text?.slice(text.indexOf("User:"))).toBe("User: one\n\nAssistant: first\n\nUser: two");
  });

  it("is nothing where nothing was said", () => {
    expect(transcript(numbered([{ type: "session.updated", data: { title: "x" } }]))).toBeNull();
  });

  it("keeps the newest of a long conversation", () => {
    const text =
      transcript(numbered([prompt("old"), prompt("x".repeat(MEMORY_CHARS_MAX)), prompt("new")])) ?? "";
    expect(text.endsWith("User: new")).toBe(true);
    expect(text).not.toContain("old");
    expect(text.length).toBeLessThan(MEMORY_CHARS_MAX + 500);
  });

  it("ends before the prompt that is about to be asked, over however many pages", async () => {
    const all = numbered(Array.from({ length: 2_500 }, (_, index) => prompt(`p${index + 1}.`)));
    const log = {
      read: async (_: string, { afterSeq, limit }: { afterSeq: number; limit: number }) =>
        all.filter(({ seq }) => seq > afterSeq).slice(0, limit),
    };
    const text = await memoryOf(log, "s", 2_100);
    expect(text?.endsWith("User: p2099.")).toBe(true);
    expect(text).toContain("User: p1.");
  });
});
