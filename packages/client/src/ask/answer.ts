/** What came since the piece before. `restarts`: everything before is taken back, and `text` stands in its place; so it
 *  is when the answer is asked for again on another CLI server, or when a model's attempt is given up. */
export type AnswerPiece = { text: string; restarts: boolean };

/** The answer to a prompt, which is under way already. It may be awaited (`text`), iterated, both or neither, any number
 *  of times; an iteration begins with what was said before it. All of them fail with the same error. Who stops
 *  iterating does not stop the answer: that is for the signal. */
export type Answer = AsyncIterable<AnswerPiece> & {
  /** The whole text, when the turn has succeeded. Adding up the pieces gives the same. */
  readonly text: Promise<string>;
  /** The conversation, to go on with. */
  readonly sessionId: Promise<string>;
  readonly turnId: Promise<string>;
};

/** Where the work on an answer tells what it knows by now. */
export type AnswerTeller = {
  sessionId(id: string): void;
  turnId(id: string): void;
  text(soFar: string): void;
};

/** A promise and the hands that settle it. Its failure is no news to anybody who does not look at it. */
function promised<Value>() {
  let resolve: (value: Value) => void = () => {};
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<Value>((keep, fail) => {
    resolve = keep;
    reject = fail;
  });
  promise.catch(() => {});
  return { promise, resolve, reject };
}

const pieceBetween = (before: string, after: string): AnswerPiece =>
  after.startsWith(before)
    ? { text: after.slice(before.length), restarts: false }
    : { text: after, restarts: true };

/** Starts `work`, which resolves with the whole text, and gives what it tells to whoever reads. Every reader compares the
 *  text of now with what it has seen: one that is slow gets larger pieces, and nothing is kept for it. */
export function startAnswer(work: (tell: AnswerTeller) => Promise<string>): Answer {
  const sessionId = promised<string>();
  const turnId = promised<string>();
  let soFar = "";
  let isOver = false;
  let changed = promised<void>();
  const change = () => {
    changed.resolve();
    changed = promised<void>();
  };
  const whole = work({
    sessionId: sessionId.resolve,
    turnId: turnId.resolve,
    text(next) {
      if (next === soFar) return;
      soFar = next;
      change();
    },
  }).finally(() => {
    isOver = true;
    change();
  });
  whole.catch((error: unknown) => {
    sessionId.reject(error);
    turnId.reject(error);
  });

  async function* pieces(): AsyncGenerator<AnswerPiece> {
    let seen = "";
    for (;;) {
      if (soFar !== seen) {
        const piece = pieceBetween(seen, soFar);
        seen = soFar;
        yield piece;
      } else if (isOver) {
        await whole;
        return;
      } else await changed.promise;
    }
  }

  return {
    text: whole,
    sessionId: sessionId.promise,
    turnId: turnId.promise,
    [Symbol.asyncIterator]: pieces,
  };
}
