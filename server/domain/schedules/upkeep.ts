import type { Clock } from "@/server/platform/clock";
import { every } from "@/server/platform/every";
import type { Log } from "@/server/platform/log";
import type { Tasks } from "@/server/platform/tasks";
import type { JobMaking } from "../jobs/types";
import { parseCron } from "./cron";
import { jobOf } from "./making";
import { dueOf } from "./rules";
import type { DueRow, ScheduleStore } from "./store";
import { DELETE_EVERY_MS, LOOK_EVERY_MS, LOOK_ROWS, RUNS_KEPT_DAYS } from "./tunables";

const DAY_MS = 86_400_000;

type Deps = {
  store: Pick<ScheduleStore, "due" | "fire" | "ended" | "count" | "deleteRuns">;
  making: Pick<JobMaking, "toNew">;
  clock: Clock;
  log: Log;
  tasks: Tasks;
};

/** Makes the jobs of schedules whose time has come, and counts how they ended. Runs as tasks, until these are stopped; in
 *  any number of processes at once, of which one makes each job. */
export function startSchedules({ store, making, clock, log, tasks }: Deps): void {
  async function fire(schedule: DueRow): Promise<void> {
    const { id, cron, timeZone } = schedule;
    const parsed = parseCron(cron, timeZone);
    // It was read before it was stored; what a later version of the time zones forgot stays where it is.
    if (!parsed.ok) return log.warn({ scheduleId: id, problem: parsed.problem }, "schedule says nothing");
    const due = dueOf(schedule, parsed.timing, clock.now());
    const job = jobOf(making, schedule, { dueAt: due.dueAt, byHand: false });
    const jobId = await store.fire(schedule, due, job);
    log.info({ scheduleId: id, jobId, dueAt: due.dueAt, moments: due.moments }, "schedule was due");
  }

  async function look(): Promise<void> {
    for (const schedule of await store.due(clock.now(), LOOK_ROWS)) {
      await fire(schedule).catch((error: unknown) =>
        log.warn({ scheduleId: schedule.id, err: error }, "schedule will be tried again"),
      );
    }
    for (const run of await store.ended(LOOK_ROWS)) {
      const isPaused = await store.count(run, clock.now());
      if (isPaused) log.info({ scheduleId: run.scheduleId, code: run.code }, "schedule paused itself");
    }
  }

  const repeat = (name: string, ms: number, work: () => Promise<void>) =>
    tasks.run(name, (signal) => every(name, { clock, log, ms, signal }, work));

  repeat("schedules", LOOK_EVERY_MS, look);
  repeat("old schedule runs", DELETE_EVERY_MS, () =>
    store.deleteRuns(new Date(clock.now().getTime() - RUNS_KEPT_DAYS * DAY_MS)),
  );
}
