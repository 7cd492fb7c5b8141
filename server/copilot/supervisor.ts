import { type CliOptions, type RunningCli, startCli } from "./cli-process";
import type { Endpoint } from "./server";
import { RESTART_FIRST_MS, RESTART_LAST_MS, STABLE_AFTER_MS } from "./tunables";

/** Keeps one CLI server running: started at once, started again whenever it ends. */
export type Supervisor = {
  /** The running server's endpoint; waits while it is being started. */
  endpoint(signal: AbortSignal): Promise<Endpoint>;
  /** Process id of the running server, null between two. */
  pid(): number | null;
  /** Stops the running server, which is started again; resolves when it has ended, at once where none runs. */
  restart(): Promise<void>;
  /** Ends a server that hangs, at once and for good, so that it says nothing more; another is started. */
  kill(): void;
  /** Runs until `signal` aborts, then stops the server. */
  run(signal: AbortSignal): Promise<void>;
};

export function createSupervisor(options: CliOptions): Supervisor {
  const { clock, log } = options;
  let running: RunningCli | undefined;
  let waiting: (() => void)[] = [];

  async function runOnce(signal: AbortSignal): Promise<void> {
    running = await startCli(options, signal);
    log.info({ pid: running.pid, address: running.address }, "CLI server started");
    for (const wake of waiting) wake();
    waiting = [];
    const stop = new Promise<void>((resolve) => {
      if (signal.aborted) return resolve();
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    await Promise.race([running.exited, stop]);
    await running.stop();
    log.warn({ pid: running.pid, stopping: signal.aborted }, "CLI server ended");
    running = undefined;
  }

  return {
    async endpoint(signal) {
      while (!running && !signal.aborted) {
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
          signal.addEventListener("abort", () => resolve(), { once: true });
        });
      }
      if (!running) throw new Error("stopped");
      return running;
    },
    pid: () => running?.pid ?? null,
    restart: async () => running?.stop(),
    kill: () => running?.kill(),
    async run(signal) {
      let wait = RESTART_FIRST_MS;
      while (!signal.aborted) {
        const startedAt = clock.monotonicMs();
        await runOnce(signal).catch((error: unknown) => {
          if (!signal.aborted) log.error({ err: error }, "CLI server did not start");
        });
        if (clock.monotonicMs() - startedAt > STABLE_AFTER_MS) wait = RESTART_FIRST_MS;
        if (!signal.aborted) await clock.sleep(wait, signal);
        wait = Math.min(wait * 2, RESTART_LAST_MS);
      }
    },
  };
}
