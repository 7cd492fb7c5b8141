import { describe, expect, it } from "vitest";
import { AppendBatch, type PlainAppend } from "./append-batch";

/** A store whose statements end when the test says so. */
function setUp() {
  const statements: {
    appends: readonly PlainAppend[];
    end(stored: Map<string, number>): void;
    fail(): void;
  }[] = [];
  const batch = new AppendBatch(
    (appends) =>
      new Promise((end, reject) => {
        statements.push({ appends, end, fail: () => reject(new Error("away")) });
      }),
  );
  const add = (sessionId: string) => batch.add({ sessionId, fence: 1, at: new Date(0), events: [] });
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return { statements, add, turn };
}
const ids = (appends: readonly PlainAppend[] | undefined) => appends?.map(({ sessionId }) => sessionId);

describe("appends that come at once", () => {
  it("share the statement after the one that is under way, ordered by session", async () => {
    const { statements, add, turn } = setUp();
    const first = add("b");
    const others = [add("c"), add("a")];
    expect(ids(statements[0]?.appends)).toEqual(["b"]);
    statements[0]?.end(new Map([["b", 7]]));
    expect(await first).toBe(7);
    await turn();
    expect(ids(statements[1]?.appends)).toEqual(["a", "c"]);
    statements[1]?.end(new Map([["a", 3]]));
    // The fence of "c" was not the newest.
    expect(await Promise.all(others)).toEqual([undefined, 3]);
  });

  it("keep their order within a session, one a statement", async () => {
    const { statements, add, turn } = setUp();
    const all = [add("a"), add("b"), add("b"), add("c")];
    for (const n of [1, 2, 3]) {
      const { appends, end } = statements[n - 1] ?? {};
      end?.(new Map((appends ?? []).map(({ sessionId }) => [sessionId, n])));
      await turn();
    }
    expect(await Promise.all(all)).toEqual([1, 2, 3, 2]);
  });

  it("fail together, and the next ones are tried again", async () => {
    const { statements, add, turn } = setUp();
    const failing = add("a");
    statements[0]?.fail();
    await expect(failing).rejects.toThrow("away");
    const next = add("a");
    await turn();
    statements[1]?.end(new Map([["a", 1]]));
    expect(await next).toBe(1);
  });
});
