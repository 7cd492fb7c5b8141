type Waiting<Item, Answer> = {
  item: Item;
  resolve(answer: Answer | undefined): void;
  reject(error: unknown): void;
};

/** Group commit: while one statement is under way, the items that come share the next one. One by one where nothing else
 *  is going on, so nobody waits for company. */
export class Together<Item extends { id: string }, Answer> {
  readonly #doAll: (items: readonly Item[]) => Promise<ReadonlyMap<string, Answer>>;
  readonly #max: number;
  #waiting: Waiting<Item, Answer>[] = [];
  #isBusy = false;

  /** `doAll` does it for at most `max` items, each with an id of its own, and answers by id. */
  constructor(doAll: (items: readonly Item[]) => Promise<ReadonlyMap<string, Answer>>, max: number) {
    this.#doAll = doAll;
    this.#max = max;
  }

  /** Resolves with the answer for this item's id; undefined where there is none. */
  add(item: Item): Promise<Answer | undefined> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (!this.#isBusy) void this.#work();
    });
  }

  async #work(): Promise<void> {
    this.#isBusy = true;
    // What comes at the same moment begins together.
    await new Promise<void>((resolve) => process.nextTick(resolve));
    while (this.#waiting.length > 0) await this.#do(this.#take());
    this.#isBusy = false;
  }

  // One item for each id: a statement changes each row once.
  #take(): Waiting<Item, Answer>[] {
    const batch = new Map<string, Waiting<Item, Answer>>();
    const later: Waiting<Item, Answer>[] = [];
    for (const each of this.#waiting) {
      if (batch.size === this.#max || batch.has(each.item.id)) later.push(each);
      else batch.set(each.item.id, each);
    }
    this.#waiting = later;
    return [...batch.values()];
  }

  async #do(batch: Waiting<Item, Answer>[]): Promise<void> {
    try {
      const answers = await this.#doAll(batch.map(({ item }) => item));
      for (const { item, resolve } of batch) resolve(answers.get(item.id));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
