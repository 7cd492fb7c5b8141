import { FlightdeckError, unreachable } from "./error.js";

const PAUSE_FIRST_MS = 250;
const PAUSE_MAX_MS = 8_000;
/** Most that a server's Retry-After is waited for at once. */
const RETRY_AFTER_MAX_MS = 3_600_000;
/** Tries of one call, about half a minute if the server is away. */
const TRIES_MAX = 8;
/** A call that is not answered for this long counts as lost. */
const CALL_MAX_MS = 30_000;

/** How long to wait after so many failures in a row; after none, not at all, unless the server asks for it. Twice as
 *  long each time, up to a bound, and never the same: clients that were cut off together do not come back together. */
export function pauseMs(failures: number, retryAfterMs: number | null): number {
  const bound = failures === 0 ? 0 : Math.min(PAUSE_MAX_MS, PAUSE_FIRST_MS * 2 ** (failures - 1));
  return Math.min(retryAfterMs ?? 0, RETRY_AFTER_MAX_MS) + bound * (0.5 + Math.random() / 2);
}

/** Resolves after `ms`, or as soon as `signal` is aborted. */
export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>;

export const sleep: Sleep = (ms, signal) =>
  new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done);
  });

/** Calls until there is an answer that stands; what may pass is tried again, at most `TRIES_MAX` times. So `call` may
 *  happen twice, and must be one that does not mind. `signal` ends the tries, and leaves a call that is under way its
 *  time, because it may be carried out already. Rejects with the last error. */
export async function insist<Result>(
  call: (limit: AbortSignal) => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  for (let failures = 1; ; failures += 1) {
    const limit = AbortSignal.timeout(CALL_MAX_MS);
    try {
      return await call(limit);
    } catch (cause) {
      const error = limit.aborted ? unreachable(cause) : cause;
      const mayPass = error instanceof FlightdeckError && error.retryable;
      if (!mayPass || failures === TRIES_MAX || signal?.aborted) throw error;
      await sleep(pauseMs(failures, error.retryAfterMs), signal);
      if (signal?.aborted) throw error;
    }
  }
}
