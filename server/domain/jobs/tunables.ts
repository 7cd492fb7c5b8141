/** Jobs that nobody carries any more, or that were forgotten, are looked for this often. */
export const SWEEP_EVERY_MS = 2_000;
/** What a job has said so far is noted at most this often. */
export const PROGRESS_EVERY_MS = 2_000;
/** A job that no turn could begin for is tried again after this long, doubled each time up to the last. */
export const PUT_OFF_FIRST_MS = 1_000;
export const PUT_OFF_LAST_MS = 30_000;
/** After a failed turn the next one waits for the pause of its kind of failure, doubled each time up to this. */
export const BACKOFF_LAST_MS = 10 * 60_000;
/** Most jobs that one statement takes, or moves on. */
export const TOGETHER_MAX = 100;
/** Pauses differ by so much of themselves, so that what failed together does not come back together. */
export const JITTER = 0.2;
/** Who carries a job looks by itself this often whether it is to stop, in case a ring of the bell was lost. */
export const STOP_LOOK_MS = 10_000;
/** While the database is away, what became of a job is tried to be stored this often. */
export const STORE_AGAIN_MS = 1_000;
/** A watcher looks by itself this often, in case a ring of the bell was lost. */
export const WATCH_POLL_MS = 5_000;
/** A watcher's login is asked again this often. */
export const WATCH_RECHECK_MS = 10_000;
/** Jobs are deleted this long after their end; looked for this often, so many at a time. */
export const KEPT_DAYS = 30;
export const DELETE_EVERY_MS = 10 * 60_000;
export const DELETE_ROWS = 1_000;
