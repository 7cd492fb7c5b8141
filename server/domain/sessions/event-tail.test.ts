import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { WireEvent } from "@/lib/events/wire";
import { EventTail } from "./event-tail";
import { TAIL_EVENT_CHARS_MAX, TAIL_EVENTS_MAX, TAIL_SESSIONS_MAX } from "./tunables";

const event = (seq: number, text = "x"): WireEvent => ({
  seq,
  at: new Date(0),
  type: "assistant.delta",
  data: { messageId: "m", text },
});
const events = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => event(from + n));

describe("the tail of a log", () => {
  it("answers everything after a number, or does not know", () => {
    const tail = new EventTail();
    tail.push("s", events(5, 8));
    expect(tail.after("s", 4)).toEqual(events(5, 8));
    expect(tail.after("s", 6)).toEqual(events(7, 8));
    expect(tail.after("s", 8)).toEqual([]);
    for (const seq of [3, 9, 1000]) expect(tail.after("s", seq)).toBeNull();
    expect(tail.after("other", 4)).toBeNull();
  });

  it("does not say that there is nothing more where a later append was stored first", () => {
    const tail = new EventTail();
    tail.push("s", events(7, 8));
    tail.push("s", events(5, 6));
    expect(tail.after("s", 4)).toEqual(events(5, 6));
    expect(tail.after("s", 6)).toBeNull();
    expect(tail.after("s", 8)).toEqual([]);
  });

  it("never answers with a hole, whatever order appends finish in and whoever else appends", () => {
    const appends = fc.array(fc.record({ size: fc.integer({ min: 1, max: 5 }), mine: fc.boolean() }), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(appends, fc.array(fc.nat(3)), fc.nat(150), (all, delays, after) => {
        const tail = new EventTail();
        let seq = 0;
        const done: WireEvent[][] = [];
        for (const { size, mine } of all) {
          const batch = events(seq + 1, seq + size);
          seq += size;
          if (mine) done.push(batch);
        }
        // Some appends finish a little later than the ones that follow them.
        const order = done
          .map((batch, index) => ({ batch, at: index + (delays[index % (delays.length || 1)] ?? 0) }))
          .sort((a, b) => a.at - b.at);
        for (const { batch } of order) tail.push("s", batch);
        const answer = tail.after("s", after);
        if (!answer) return;
        expect(answer.map((row) => row.seq)).toEqual(answer.map((_, index) => after + 1 + index));
      }),
    );
  });

  it("keeps a bounded number of events and sessions, the newest", () => {
    const tail = new EventTail();
    for (let seq = 1; seq <= 3 * TAIL_EVENTS_MAX; seq++) tail.push("s", [event(seq)]);
    expect(tail.after("s", 3 * TAIL_EVENTS_MAX - 1)).toHaveLength(1);
    expect(tail.after("s", 2 * TAIL_EVENTS_MAX)).toHaveLength(TAIL_EVENTS_MAX);
    expect(tail.after("s", 2 * TAIL_EVENTS_MAX - 1)).toBeNull();
    for (let n = 0; n < TAIL_SESSIONS_MAX; n++) tail.push(`other ${n}`, [event(1)]);
    expect(tail.after("s", 3 * TAIL_EVENTS_MAX - 1)).toBeNull();
    expect(tail.after("other 0", 0)).toHaveLength(1);
  });

  it("keeps of a turn that has ended only what came with its end", () => {
    const tail = new EventTail();
    tail.push("s", events(1, 3));
    const end: WireEvent = { seq: 4, at: new Date(0), type: "turn.ended", data: { outcome: "succeeded" } };
    tail.push("s", [end]);
    expect(tail.after("s", 2)).toBeNull();
    expect(tail.after("s", 3)).toEqual([end]);
    expect(tail.after("s", 4)).toEqual([]);
  });

  it("does not keep large events, nor a run that would have a hole in their place", () => {
    const tail = new EventTail();
    tail.push("s", [event(1)]);
    tail.push("s", [event(2, "x".repeat(TAIL_EVENT_CHARS_MAX + 1))]);
    expect(tail.after("s", 0)).toBeNull();
    tail.push("s", [event(3)]);
    expect(tail.after("s", 1)).toBeNull();
    expect(tail.after("s", 2)).toEqual([event(3)]);
  });
});
