import { describe, expect, it } from "vitest";
import type { WireEvent } from "@/lib/events/wire";
import { type Follow, FollowBatch } from "./follow-batch";

const event = (seq: number): WireEvent => ({
  seq,
  at: new Date(0),
  type: "assistant.delta",
  data: { messageId: "m", text: "x" },
});

/** A database that answers when it is told to. */
function createReader(max = 100) {
  const statements: { follows: readonly Follow[]; answer(): void; fail(error: Error): void }[] = [];
  const batch = new FollowBatch(
    (follows) =>
      new Promise((resolve, reject) => {
        const answer = () =>
          resolve(
            follows.map(({ sessionId, afterSeq }) => (sessionId === "gone" ? null : [event(afterSeq + 1)])),
          );
        statements.push({ follows, answer, fail: reject });
      }),
    max,
  );
  return {
    statements,
    read: (sessionId: string, afterSeq: number) => batch.read({ sessionId, afterSeq }),
    settle: () => new Promise((resolve) => setImmediate(resolve)),
  };
}

describe("reads that share a statement", () => {
  it("are those of one moment, and those that come while a statement is under way", async () => {
    const { statements, read, settle } = createReader();
    const first = [read("a", 1), read("b", 2)];
    await settle();
    const second = [read("a", 2), read("gone", 0), read("c", 7)];
    await settle();
    expect(statements).toHaveLength(1);
    statements[0]?.answer();
    expect(await Promise.all(first)).toEqual([[event(2)], [event(3)]]);
    await settle();
    statements[1]?.answer();
    expect(await Promise.all(second)).toEqual([[event(3)], null, [event(8)]]);
    expect(statements).toHaveLength(2);
  });

  it("are one read where watchers stand at the same event, but never one that is under way already", async () => {
    const { statements, read, settle } = createReader();
    const same = [read("a", 1), read("a", 1)];
    await settle();
    const later = read("a", 1);
    statements[0]?.answer();
    await Promise.all(same);
    await settle();
    expect(statements.map(({ follows }) => follows.length)).toEqual([1, 1]);
    statements[1]?.answer();
    expect(await later).toEqual([event(2)]);
  });

  it("are so many at most, in the order they came", async () => {
    const { statements, read, settle } = createReader(2);
    const all = ["a", "b", "c"].map((sessionId) => read(sessionId, 0));
    await settle();
    statements[0]?.answer();
    await settle();
    statements[1]?.answer();
    await Promise.all(all);
    expect(statements.map(({ follows }) => follows.map(({ sessionId }) => sessionId))).toEqual([
      ["a", "b"],
      ["c"],
    ]);
  });

  it("fail together, and the next ones are read again", async () => {
    const { statements, read, settle } = createReader();
    const failing = [read("a", 0), read("b", 0)];
    await settle();
    statements[0]?.fail(new Error("away"));
    for (const each of failing) await expect(each).rejects.toThrow("away");
    const next = read("a", 0);
    await settle();
    statements[1]?.answer();
    expect(await next).toEqual([event(1)]);
  });
});
