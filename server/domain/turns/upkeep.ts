import { every } from "@/server/platform/every";
import type { Tasks } from "@/server/platform/tasks";
import { QUEUE_TOPIC } from "../sessions/types";
import type { RunnerDeps } from "./deps";
import type { Queue } from "./queue";
import { stopTurn } from "./stop";
import { LEASE_RENEW_MS, PROCESSES_LOOK_MS, QUEUED_STALE_MS, SWEEP_EVERY_MS, SWEEP_ROWS } from "./tunables";

type Deps = Pick<RunnerDeps, "bell" | "processes" | "leases" | "store" | "log" | "clock" | "logger"> & {
  tasks: Tasks;
  queue: Pick<Queue, "waiting" | "look">;
  processId: string;
  runsTurns: boolean;
};

/** The runner's own hands: `leased` are the sessions whose lease it holds. */
type Hands = { kick(sessionId: string): void; detachIdle(): void; accompany(): void; leased(): string[] };

/** What goes on beside the turns: looks who else is there, renews leases, finds turns that nobody drives. Runs as
 *  tasks, until these are stopped. */
export function startUpkeep(deps: Deps, { kick, detachIdle, accompany, leased }: Hands): void {
  const { bell, processes, leases, store, log, queue, clock, logger, tasks, processId, runsTurns } = deps;

  const repeat = (name: string, ms: number, work: () => Promise<void>) =>
    tasks.run(name, (signal) => every(name, { clock, log: logger, ms, signal }, work));

  async function takeUp(sessions: Promise<{ sessionId: string }[]>): Promise<void> {
    for (const { sessionId } of await sessions) kick(sessionId);
  }
  const takeAbandoned = () => {
    const limits = { rows: SWEEP_ROWS, queuedStaleMs: QUEUED_STALE_MS };
    return takeUp(store.abandoned({ ...limits, processId, waiting: queue.waiting() }));
  };

  // The net below the stop that comes with the disabling, where the process that did that died in between.
  async function stopOfShutOut(): Promise<void> {
    for (const { ownerId, ...turn } of await store.ofShutOut(SWEEP_ROWS)) {
      await stopTurn({ store, log, bell }, { owner: ownerId, turn });
    }
  }

  async function look(): Promise<void> {
    const freed = await processes.look();
    if (!runsTurns) return;
    accompany();
    if (freed) await takeAbandoned();
  }

  async function sweep(): Promise<void> {
    detachIdle();
    // Where the database was away, leases ran out whose holders are there and renew them in a moment.
    if (bell.isSteady()) await takeAbandoned();
    await stopOfShutOut();
    await queue.look();
  }

  repeat("process watch", PROCESSES_LOOK_MS, look);
  if (!runsTurns) return;
  bell.listen(QUEUE_TOPIC, () => tasks.run("queue", () => takeUp(store.queued(SWEEP_ROWS))));
  repeat("lease renewal", LEASE_RENEW_MS, () => leases.renew(leased()));
  repeat("turn sweep", SWEEP_EVERY_MS, sweep);
}
