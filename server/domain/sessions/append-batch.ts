/** An append that needs nothing but the newest fence: text that streams. */
export type PlainAppend = { sessionId: string; fence: number; at: Date; events: unknown[] };

/** Stores all of them in one statement and answers with the new `lastSeq` of those whose fence was the newest. */
export type StoreAll = (appends: readonly PlainAppend[]) => Promise<ReadonlyMap<string, number>>;

type Waiting = PlainAppend & { resolve(lastSeq: number | undefined): void; reject(error: unknown): void };

/** Group commit: while one statement is under way, the appends that come share the next one. One by one where
 *  nothing else is going on, so nobody waits for company. */
export class AppendBatch {
  readonly #storeAll: StoreAll;
  #waiting: Waiting[] = [];
  #storing = false;

  constructor(storeAll: StoreAll) {
    this.#storeAll = storeAll;
  }

  /** Resolves with the session's new `lastSeq`; undefined where the fence was not the newest. */
  add(append: PlainAppend): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...append, resolve, reject });
      if (!this.#storing) void this.#storeWaiting();
    });
  }

  async #storeWaiting(): Promise<void> {
    this.#storing = true;
    while (this.#waiting.length > 0) await this.#store(this.#takeBatch());
    this.#storing = false;
  }

  // One append a session, because a statement sees each head once. In the order of their ids, so that the batches of
  // two processes could not lock two heads crosswise.
  #takeBatch(): Waiting[] {
    const batch = new Map<string, Waiting>();
    const later: Waiting[] = [];
    for (const each of this.#waiting) {
      if (batch.has(each.sessionId)) later.push(each);
      else batch.set(each.sessionId, each);
    }
    this.#waiting = later;
    return [...batch.values()].sort((a, b) => (a.sessionId < b.sessionId ? -1 : 1));
  }

  async #store(batch: Waiting[]): Promise<void> {
    try {
      const stored = await this.#storeAll(batch);
      for (const each of batch) each.resolve(stored.get(each.sessionId));
    } catch (error) {
      for (const each of batch) each.reject(error);
    }
  }
}
