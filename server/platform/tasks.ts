import { setMaxListeners } from "node:events";
import { type Clock, systemClock } from "./clock";
import type { Log } from "./log";

/** Work that outlives its caller. Each task has a name; a failure is logged; `stop()` aborts all and waits. */
export type Tasks = {
  /** Starts `work` at once. After `stop()` nothing is started any more. */
  run(name: string, work: (signal: AbortSignal) => Promise<void>): void;
  /** Aborts every task's signal and resolves when all have ended, or after `graceMs` with the names left. */
  stop(graceMs: number): Promise<string[]>;
};

export function createTasks(log: Log, clock: Clock = systemClock): Tasks {
  const controller = new AbortController();
  // Each task waits on it, some of them for several things.
  setMaxListeners(0, controller.signal);
  const running = new Map<Promise<void>, string>();
  return {
    run(name, work) {
      if (controller.signal.aborted) return;
      const task = Promise.resolve()
        .then(() => (controller.signal.aborted ? undefined : work(controller.signal)))
        .catch((error: unknown) => {
          if (!controller.signal.aborted) log.error({ task: name, err: error }, "task failed");
        })
        .finally(() => running.delete(task));
      running.set(task, name);
    },
    async stop(graceMs) {
      controller.abort();
      const ended = new AbortController();
      const grace = clock.sleep(graceMs, ended.signal);
      while (running.size > 0) {
        const before = running.size;
        await Promise.race([Promise.allSettled([...running.keys()]), grace]);
        if (running.size >= before) break;
      }
      ended.abort("ended");
      return [...running.values()];
    },
  };
}
