import type { WireEvent } from "@/lib/events/wire";

/** The newest events of one session: those after `afterSeq`. */
export type Follow = { sessionId: string; afterSeq: number };

/** New events; null where there is no such session. */
export type Followed = WireEvent[] | null;

/** Reads for all of them in one statement; answers in the same order. */
export type ReadAll = (follows: readonly Follow[]) => Promise<readonly Followed[]>;

type Waiting = Follow & {
  answer: Promise<Followed>;
  resolve(followed: Followed): void;
  reject(error: unknown): void;
};

/** The reading side of group commit: while one statement is under way, the reads that come share the next one, at
 *  most `max` of them. Watchers of one session that stand at the same event share one read. One by one where nothing
 *  else is going on, so nobody waits for company. */
export class FollowBatch {
  readonly #readAll: ReadAll;
  readonly #max: number;
  /** By session and number, in the order they came. */
  #waiting = new Map<string, Waiting>();
  #reading = false;

  constructor(readAll: ReadAll, max: number) {
    this.#readAll = readAll;
    this.#max = max;
  }

  /** Resolves with what was committed before it was asked for, and perhaps more. The answer is shared: nobody may
   *  change it. */
  read({ sessionId, afterSeq }: Follow): Promise<Followed> {
    const key = `${sessionId} ${afterSeq}`;
    const same = this.#waiting.get(key);
    if (same) return same.answer;
    let resolve: Waiting["resolve"] = () => {};
    let reject: Waiting["reject"] = () => {};
    const answer = new Promise<Followed>((...settle) => ([resolve, reject] = settle));
    this.#waiting.set(key, { sessionId, afterSeq, answer, resolve, reject });
    if (!this.#reading) void this.#readWaiting();
    return answer;
  }

  async #readWaiting(): Promise<void> {
    this.#reading = true;
    // One message of the bell wakes many watchers: the others of them ask before this goes on.
    await new Promise<void>((resolve) => process.nextTick(resolve));
    while (this.#waiting.size > 0) await this.#read(this.#takeBatch());
    this.#reading = false;
  }

  #takeBatch(): Waiting[] {
    const batch: Waiting[] = [];
    for (const [key, each] of this.#waiting) {
      if (batch.length === this.#max) break;
      batch.push(each);
      this.#waiting.delete(key);
    }
    return batch;
  }

  async #read(batch: Waiting[]): Promise<void> {
    try {
      const answers = await this.#readAll(batch);
      for (const [index, each] of batch.entries()) each.resolve(answers[index] ?? null);
    } catch (error) {
      for (const each of batch) each.reject(error);
    }
  }
}
