import type { Timing } from "./cron";
import { MISSED_AFTER_MS, MOMENTS_MAX } from "./tunables";

/** What is to be done for a schedule whose time has come. `dueAt`: the moment, the newest one where several were missed;
 *  `runs`: whether a job is made for it. `nextRunAt`: null where no other moment comes. */
export type Due = { dueAt: Date; moments: number; runs: boolean; nextRunAt: Date | null };

type DueSchedule = { nextRunAt: Date; missed: "skip" | "once" };

/** Decides at `now`, which is not before `nextRunAt`. A look that comes a little late runs the moment all the same, and the
 *  next ones after it, each by itself; after a downtime they count as missed together. */
export function dueOf({ nextRunAt, missed }: DueSchedule, timing: Pick<Timing, "next">, now: Date): Due {
  if (now.getTime() - nextRunAt.getTime() <= MISSED_AFTER_MS) {
    return { dueAt: nextRunAt, moments: 1, runs: true, nextRunAt: timing.next(nextRunAt) };
  }
  let dueAt = nextRunAt;
  let moments = 1;
  for (
    let next = timing.next(dueAt);
    next && next <= now && moments < MOMENTS_MAX;
    next = timing.next(dueAt)
  ) {
    dueAt = next;
    moments += 1;
  }
  return { dueAt, moments, runs: missed === "once", nextRunAt: timing.next(now) };
}
