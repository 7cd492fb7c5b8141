/** Schedules that are due, and runs that have ended, are looked for this often, so many at a time. */
export const LOOK_EVERY_MS = 1_000;
export const LOOK_ROWS = 100;
/** A moment that is longer ago than this was missed; a later look than that is no delay but a downtime. */
export const MISSED_AFTER_MS = 5 * 60_000;
/** Missed moments are counted up to here. */
export const MOMENTS_MAX = 1_000;
/** The history goes back this far; looked for what is older this often. */
export const RUNS_KEPT_DAYS = 30;
export const DELETE_EVERY_MS = 60 * 60_000;
