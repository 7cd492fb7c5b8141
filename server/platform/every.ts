import type { Clock } from "./clock";
import type { Log } from "./log";

type Options = { clock: Clock; log: Log; ms: number; signal: AbortSignal };

/** Does `work` at once and then again `ms` after each end, until `signal` aborts. A failure is logged under `name` and
 *  changes nothing. */
export async function every(
  name: string,
  { clock, log, ms, signal }: Options,
  work: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    await work().catch((error: unknown) => log.warn({ task: name, err: error }, "will be tried again"));
    await clock.sleep(ms, signal);
  }
}
