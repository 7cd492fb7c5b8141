import { AppError } from "@/lib/errors/app-error";
import { ERROR_TABLE } from "@/lib/errors/table";
import type { Bell } from "@/server/db/bell";
import type { Clock } from "@/server/platform/clock";
import { every } from "@/server/platform/every";
import type { Log } from "@/server/platform/log";
import type { Tasks } from "@/server/platform/tasks";
import type { Fleet } from "../fleet/types";
import type { Removal } from "../sessions/types";
import { isDue } from "./rules";
import { CarriedRun } from "./runs/carried-run";
import { settleOrphans } from "./runs/orphans";
import type { RunStore, StoredRun } from "./runs/store";
import type { RetentionStore } from "./store";
import { FAILURES_MAX, LOOK_MS } from "./tunables";
import { CLEANUP_TOPIC } from "./types";

type Deps = {
  store: RetentionStore;
  runs: RunStore;
  removal: Removal;
  fleet: Pick<Fleet, "conversationsOn">;
  serverIds(): string[];
  bell: Bell;
  clock: Clock;
  log: Log;
  tasks: Tasks;
  processId: string;
  /** When a run is due each day, "HH:MM" in UTC. */
  at: string;
};

/** Starts the run of each day, and carries out what runs there are: one at a time over all processes, and on in another
 *  one where a process is gone. Runs as a task, until these are stopped. */
export function startCleanUp(deps: Deps): void {
  const { store, runs, bell, clock, log, tasks, processId, at } = deps;
  /** How many attempts failed one after the other, without a deletion between them. */
  let failed = { runId: "", sessions: 0, times: 0 };
  let working: Promise<void> | undefined;

  const isDueNow = async () => isDue(await store.schedule(), clock.now(), at);

  async function carryOut(run: StoredRun, signal: AbortSignal): Promise<void> {
    const carrier = { runId: run.id, processId };
    const carried = new CarriedRun(deps, carrier, signal);
    if (!(await carried.deleteAll())) return;
    await settleOrphans(deps, { carrier, now: clock.now(), signal });
    if (signal.aborted) return;
    const { longestMs } = carried;
    const ended = await runs.end(carrier, { now: clock.now(), longestMs, error: null });
    if (ended) log.info({ run: ended }, "clean-up ended");
  }

  async function look(signal: AbortSignal): Promise<void> {
    if (await isDueNow()) await runs.startDue(clock.now(), isDueNow);
    const run = await runs.take(processId);
    if (!run || signal.aborted) return;
    try {
      await carryOut(run, signal);
    } catch (error) {
      const { id: runId, sessions } = run;
      const isStuck = failed.runId === runId && failed.sessions === sessions;
      failed = { runId, sessions, times: isStuck ? failed.times + 1 : 1 };
      // What another attempt may mend is left running; what none did is over.
      if (failed.times < FAILURES_MAX) throw error;
      log.error({ run: runId, err: error }, "clean-up failed");
      const code = error instanceof AppError ? error.code : "internal";
      await runs.end(
        { runId, processId },
        { now: clock.now(), longestMs: 0, error: ERROR_TABLE[code].message },
      );
    }
  }
  const lookOnce = (signal: AbortSignal): Promise<void> => {
    working ??= look(signal).finally(() => {
      working = undefined;
    });
    return working;
  };

  bell.listen(CLEANUP_TOPIC, () => tasks.run("clean-up asked for", lookOnce));
  tasks.run("clean-up", (signal) =>
    every("clean-up", { clock, log, ms: LOOK_MS, signal }, () => lookOnce(signal)),
  );
}
