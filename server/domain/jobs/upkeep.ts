import type { Bell } from "@/server/db/bell";
import type { Clock } from "@/server/platform/clock";
import { every } from "@/server/platform/every";
import type { Log } from "@/server/platform/log";
import type { Tasks } from "@/server/platform/tasks";
import type { JobQueueStore } from "./queue/store";
import { DELETE_EVERY_MS, DELETE_ROWS, KEPT_DAYS, SWEEP_EVERY_MS } from "./tunables";
import { jobTopic } from "./types";

const DAY_MS = 86_400_000;

type Deps = {
  store: Pick<JobQueueStore, "recover" | "expire" | "deleteEnded" | "deleteSpentMessages">;
  bell: Pick<Bell, "ring" | "isSteady">;
  clock: Clock;
  log: Log;
  tasks: Tasks;
};

/** Finds jobs that nobody carries any more, ends those that waited beyond their deadline, and deletes old ones. Runs as
 *  tasks, until these are stopped; in any number of processes at once. */
export function startJobUpkeep({ store, bell, clock, log, tasks }: Deps): void {
  const repeat = (name: string, ms: number, work: (signal: AbortSignal) => Promise<void>) =>
    tasks.run(name, (signal) => every(name, { clock, log, ms, signal }, () => work(signal)));

  async function sweep(): Promise<void> {
    // Where the database was away, processes may seem to be gone that come back in a moment.
    if (bell.isSteady()) await store.recover();
    for (const { jobId } of await store.expire(clock.now())) bell.ring(jobTopic(jobId));
  }

  async function deleteOld(signal: AbortSignal): Promise<void> {
    const before = new Date(clock.now().getTime() - KEPT_DAYS * DAY_MS);
    while (!signal.aborted && (await store.deleteEnded(before, DELETE_ROWS)) === DELETE_ROWS) {}
    await store.deleteSpentMessages();
  }

  repeat("job sweep", SWEEP_EVERY_MS, sweep);
  repeat("old jobs", DELETE_EVERY_MS, deleteOld);
}
