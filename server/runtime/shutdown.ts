import type { Bell } from "@/server/db/bell";
import type { Db } from "@/server/db/client";
import type { Log } from "@/server/platform/log";
import type { Tasks } from "@/server/platform/tasks";
import type { Rooms } from "./rooms";

/** Longest wait for tasks to end once the turns are finished or left. */
const TASKS_GRACE_MS = 8_000;

type Options = { db: Db; bell: Bell; tasks: Tasks; rooms: Rooms; log: Log; drainMs: number };

/** `draining`: nothing new is taken, and readiness says so. `stopping`: what runs is given up, and streams close so that
 *  their clients reconnect. */
export type Shutdown = { draining: AbortSignal; stopping: AbortSignal };

/** Ends this process in order on SIGTERM and SIGINT: running turns have `drainMs` to finish; one that has not stays
 *  running in the database, with what was said, for another process or the next start. Leases are given back last. */
export function endOnSignal({ db, bell, tasks, rooms, log, drainMs }: Options): Shutdown {
  const draining = new AbortController();
  const stopping = new AbortController();

  async function drain(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, drainMs);
    });
    await Promise.race([rooms.runner.drain(), late]);
    clearTimeout(timer);
  }

  async function end(signal: string): Promise<void> {
    if (draining.signal.aborted) return;
    log.info({ signal, ...rooms.runner.load() }, "draining");
    draining.abort();
    await drain();
    log.info(rooms.runner.load(), "shutting down");
    stopping.abort();
    const left = await tasks.stop(TASKS_GRACE_MS);
    if (left.length > 0) log.warn({ left }, "tasks did not end in time");
    await rooms.runner.stop();
    await bell.stop();
    await db.$disconnect();
    log.info("stopped");
    process.exit(0);
  }

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      end(signal).catch(() => process.exit(1));
    });
  }
  return { draining: draining.signal, stopping: stopping.signal };
}
