import type { Clock } from "@/server/platform/clock";
import type { Random } from "./random";
import type { Scheduler, Timer } from "./scheduler";

/** When virtual time begins. */
export const EPOCH = Date.UTC(2026, 0, 1);
/** What a process that stood still finds waiting is done in one go. */
const CATCH_UP_STEP_MS = 0.01;
const TIMERS_FIRST = 0.7;

type Due = { timer: Timer; run: () => void; isOwn: boolean };

/** A process of the simulated world. It can stand still, and whatever is due for it waits; and it can be gone, and
 *  whatever is due for it never comes. */
export class Actor {
  #state: "up" | "still" | "gone" = "up";
  #waiting: Due[] = [];
  readonly scheduler: Scheduler;
  readonly #random: Random;

  constructor(scheduler: Scheduler, random: Random) {
    this.scheduler = scheduler;
    this.#random = random;
  }

  get isGone(): boolean {
    return this.#state === "gone";
  }

  get isStill(): boolean {
    return this.#state === "still";
  }

  /** Something from outside reaches this process `delayMs` from now. */
  later(delayMs: number, run: () => void): Timer {
    return this.#due(delayMs, run, false);
  }

  /** A timer of its own. */
  timer(delayMs: number, run: () => void): Timer {
    return this.#due(delayMs, run, true);
  }

  standStill(): void {
    if (this.#state === "up") this.#state = "still";
  }

  goOn(): void {
    if (this.#state !== "still") return;
    this.#state = "up";
    const waiting = this.#waiting;
    this.#waiting = [];
    // Node looks at its timers before its sockets.
    if (this.#random.chance(TIMERS_FIRST)) waiting.sort((a, b) => Number(b.isOwn) - Number(a.isOwn));
    for (const [index, due] of waiting.entries()) {
      this.scheduler.after(index * CATCH_UP_STEP_MS, () => this.#arrive(due));
    }
  }

  end(): void {
    this.#state = "gone";
    this.#waiting = [];
  }

  #due(delayMs: number, run: () => void, isOwn: boolean): Timer {
    const due = { run, isOwn } as Due;
    due.timer = this.scheduler.after(delayMs, () => {
      due.timer.run = run;
      this.#arrive(due);
    });
    return due.timer;
  }

  #arrive(due: Due): void {
    // Cancelled while it waited.
    if (due.timer.run === null || this.#state === "gone") return;
    if (this.#state === "still") {
      this.#waiting.push(due);
      return;
    }
    due.timer.run = null;
    due.run();
  }
}

/** The time as a simulated process sees it. */
export function clockOf(actor: Actor): Clock {
  const { scheduler } = actor;
  return {
    now: () => new Date(EPOCH + scheduler.nowMs),
    monotonicMs: () => scheduler.nowMs,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const done = () => {
          signal?.removeEventListener("abort", wake);
          resolve();
        };
        const timer = actor.timer(ms, done);
        const wake = () => {
          timer.run = null;
          done();
        };
        signal?.addEventListener("abort", wake);
      }),
  };
}

/** One direction of a connection: what is sent arrives in order, unless it is closed before. */
export class Channel {
  #queue: (() => void)[] = [];
  #isClosed = false;
  readonly #to: Actor;
  readonly #latencyMs: () => number;

  constructor(to: Actor, latencyMs: () => number) {
    this.#to = to;
    this.#latencyMs = latencyMs;
  }

  send(run: () => void): void {
    if (this.#isClosed) return;
    this.#queue.push(run);
    this.#to.later(this.#latencyMs(), () => this.#queue.shift()?.());
  }

  /** What is on its way is lost, and whatever is sent from now on. */
  close(): void {
    this.#isClosed = true;
    this.#queue = [];
  }
}
