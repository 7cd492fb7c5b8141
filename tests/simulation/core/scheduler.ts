/** Something that happens at a virtual time; `run` is null once it was done or cancelled. */
export type Timer = { readonly atMs: number; readonly order: number; run: (() => void) | null };

const isBefore = (one: Timer, other: Timer) =>
  one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);

/** Virtual time: one thing happens after the other, and between two of them everything that only waits for promises
 *  goes on to its end. Nothing here waits for real time. */
export class Scheduler {
  nowMs = 0;
  /** How many things have happened. */
  steps = 0;
  /** Lets unhandled rejections come up in the step in which they happen, which costs three times as much. */
  readonly #isStrict: boolean;
  readonly #heap: Timer[] = [];
  #orders = 0;
  readonly #hooks = new Map<number, (() => void)[]>();

  constructor({ isStrict }: { isStrict: boolean }) {
    this.#isStrict = isStrict;
  }

  /** Has `run` happen `delayMs` from now. */
  after(delayMs: number, run: () => void): Timer {
    this.#orders += 1;
    const timer: Timer = { atMs: this.nowMs + Math.max(0, delayMs), order: this.#orders, run };
    this.#push(timer);
    return timer;
  }

  /** Has `run` happen after the step with this number. */
  atStep(step: number, run: () => void): void {
    const hooks = this.#hooks.get(step);
    if (hooks) hooks.push(run);
    else this.#hooks.set(step, [run]);
  }

  /** Has things happen until `isOver`, or until nothing is left to happen. */
  run(isOver: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const settled = Promise.resolve();
      const next = this.#isStrict ? () => setImmediate(step) : () => process.nextTick(step);
      const step = () => {
        try {
          if (isOver() || !this.#step()) return resolve();
        } catch (error) {
          return reject(error);
        }
        // A tick that is asked for by a microtask comes after all microtasks.
        void settled.then(next);
      };
      step();
    });
  }

  #step(): boolean {
    let timer = this.#pop();
    while (timer && !timer.run) timer = this.#pop();
    if (!timer) return false;
    const run = timer.run;
    timer.run = null;
    this.nowMs = timer.atMs;
    this.steps += 1;
    run?.();
    for (const hook of this.#hooks.get(this.steps) ?? []) hook();
    return true;
  }

  #push(timer: Timer): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(timer);
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above] as Timer;
      if (!isBefore(timer, parent)) break;
      heap[index] = parent;
      index = above;
    }
    heap[index] = timer;
  }

  #pop(): Timer | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last || first === last) return first;
    let index = 0;
    for (;;) {
      let below = 2 * index + 1;
      const left = heap[below];
      if (!left) break;
      const right = heap[below + 1];
      if (right && isBefore(right, left)) below += 1;
      const child = heap[below] as Timer;
      if (!isBefore(child, last)) break;
      heap[index] = child;
      index = below;
    }
    heap[index] = last;
    return first;
  }
}
