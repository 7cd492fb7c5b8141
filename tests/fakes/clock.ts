import type { Clock } from "@/server/platform/clock";

type Sleeper = { dueMs: number; wake(): void };

export type ManualClock = Clock & {
  /** Moves time by `ms`, waking sleepers in the order they are due and letting each go on before the next. */
  advance(ms: number): Promise<void>;
  /** How many sleep now. */
  sleepers(): number;
};

const START = Date.UTC(2026, 0, 1);

/** Lets everything that only waits for promises go on. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

function createSleepers(nowMs: () => number) {
  const waiting = new Set<Sleeper>();
  return {
    waiting,
    sleep: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => {
        if (signal?.aborted) return resolve();
        const sleeper = {
          dueMs: nowMs() + ms,
          wake: () => {
            waiting.delete(sleeper);
            signal?.removeEventListener("abort", sleeper.wake);
            resolve();
          },
        };
        waiting.add(sleeper);
        signal?.addEventListener("abort", sleeper.wake);
      }),
    next: () => [...waiting].sort((a, b) => a.dueMs - b.dueMs)[0],
  };
}

/** A clock that stands still until it is moved. For code without a database or a socket. */
export function createManualClock(): ManualClock {
  let elapsedMs = 0;
  const { waiting, sleep, next } = createSleepers(() => elapsedMs);
  return {
    now: () => new Date(START + elapsedMs),
    monotonicMs: () => elapsedMs,
    sleep,
    sleepers: () => waiting.size,
    async advance(ms) {
      const untilMs = elapsedMs + ms;
      await settle();
      for (let due = next(); due && due.dueMs <= untilMs; due = next()) {
        elapsedMs = Math.max(elapsedMs, due.dueMs);
        due.wake();
        await settle();
      }
      elapsedMs = untilMs;
    },
  };
}

export type JumpingClock = Clock & {
  /** Skips `ms`: whoever would have woken meanwhile wakes now. */
  jump(ms: number): void;
};

/** The system's clock, with jumps: short waits pass by themselves, long ones need not be waited for. */
export function createJumpingClock(): JumpingClock {
  let skippedMs = 0;
  const nowMs = () => performance.now() + skippedMs;
  const { sleep, next } = createSleepers(nowMs);
  let timer: NodeJS.Timeout | undefined;
  const fire = () => {
    for (let due = next(); due && due.dueMs <= nowMs(); due = next()) due.wake();
    arm();
  };
  function arm(): void {
    clearTimeout(timer);
    const first = next();
    if (first) timer = setTimeout(fire, Math.max(0, Math.ceil(first.dueMs - nowMs())));
  }
  return {
    now: () => new Date(Date.now() + skippedMs),
    monotonicMs: nowMs,
    async sleep(ms, signal) {
      const slept = sleep(ms, signal);
      arm();
      await slept;
      arm();
    },
    jump(ms) {
      skippedMs += ms;
      fire();
    },
  };
}
