import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Answer, type AnswerPiece, type AnswerTeller, startAnswer } from "./answer.js";

/** What a reader has who adds up the pieces. */
const addUp = (pieces: readonly AnswerPiece[]): string =>
  pieces.reduce((soFar, { text, restarts }) => (restarts ? text : soFar + text), "");

async function readAll(answer: Answer): Promise<AnswerPiece[]> {
  const pieces: AnswerPiece[] = [];
  for await (const piece of answer) pieces.push(piece);
  return pieces;
}

/** An answer in the hands of a test. */
function setUp() {
  let end: (text: string) => void = () => {};
  let fail: (error: Error) => void = () => {};
  let teller: AnswerTeller | undefined;
  const answer = startAnswer((tell) => {
    teller = tell;
    return new Promise((resolve, reject) => {
      end = resolve;
      fail = reject;
    });
  });
  if (!teller) throw new Error("the work was not started");
  return { answer, tell: teller, end: (text: string) => end(text), fail: (error: Error) => fail(error) };
}

describe("an answer", () => {
  test("adds up to its text for every reader, however slow and however often it is taken back", async () => {
    const texts = fc.array(fc.string({ maxLength: 8 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(texts, fc.array(fc.nat(3), { maxLength: 12 }), async (states, waits) => {
        const { answer, tell, end } = setUp();
        const early = readAll(answer);
        for (const [index, text] of states.entries()) {
          tell.text(text);
          for (let turn = 0; turn < (waits[index] ?? 0); turn += 1) await Promise.resolve();
        }
        const last = states.at(-1) ?? "";
        end(last);
        expect(addUp(await early)).toBe(last);
        expect(addUp(await readAll(answer))).toBe(last);
        expect(await answer.text).toBe(last);
      }),
    );
  });

  test("says when it starts again, and only then", async () => {
    const { answer, tell, end } = setUp();
    const reader = answer[Symbol.asyncIterator]();
    const pieces: unknown[] = [];
    for (const text of ["one", "one two", "", "other", "other words"]) {
      tell.text(text);
      pieces.push((await reader.next()).value);
    }
    end("other words");
    expect(pieces).toEqual([
      { text: "one", restarts: false },
      { text: " two", restarts: false },
      { text: "", restarts: true },
      { text: "other", restarts: false },
      { text: " words", restarts: false },
    ]);
    expect(await reader.next()).toEqual({ done: true, value: undefined });
  });

  test("fails everywhere with the same error, after what was said", async () => {
    const { answer, tell, fail } = setUp();
    tell.sessionId("s");
    tell.text("half");
    const error = new Error("lost");
    fail(error);
    const pieces: AnswerPiece[] = [];
    const reading = (async () => {
      for await (const piece of answer) pieces.push(piece);
    })();
    await expect(reading).rejects.toBe(error);
    expect(addUp(pieces)).toBe("half");
    await expect(answer.text).rejects.toBe(error);
    await expect(answer.turnId).rejects.toBe(error);
    expect(await answer.sessionId).toBe("s");
  });

  test("that nobody looks at fails in silence", async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on("unhandledRejection", note);
    setUp().fail(new Error("nobody's"));
    await new Promise((resolve) => setTimeout(resolve, 10));
    process.off("unhandledRejection", note);
    expect(unhandled).toEqual([]);
  });
});
