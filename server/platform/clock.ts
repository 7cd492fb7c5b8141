/** Time comes in through this door, so a test can move it. */
export type Clock = {
  now(): Date;
  /** Milliseconds that never go backwards; for durations. */
  monotonicMs(): number;
  /** Resolves after `ms`, or at once when `signal` aborts (then too without throwing). */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
};

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal?.addEventListener("abort", done);
    }),
};
