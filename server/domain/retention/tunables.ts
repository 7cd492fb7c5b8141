/** What one batch may take, in milliseconds: smaller batches follow one that took longer, larger ones one that took less than
 *  half of it. */
export const BATCH_AIM_MS = 30;
/** Rows that one batch deletes: at first, and at least and at most, whatever it takes. */
export const BATCH_ROWS_FIRST = 500;
export const BATCH_ROWS_MIN = 125;
export const BATCH_ROWS_MAX = 2_000;
/** A batch whose deletion takes longer, in milliseconds, is undone and done in smaller ones; one of `BATCH_ROWS_MIN` is not. */
export const BATCH_LIMIT_MS = 90;
/** After a batch the run rests so many times as long as that took. */
export const BATCH_REST = 2;
/** Rows that go with a session beside its events: itself, its head, a turn, and the line in the audit log. */
export const SESSION_ROWS = 4;
/** Sessions, conversations or heads that are looked for at once, without a lock. */
export const SCAN_ROWS = 2_000;
/** What was in use while a run came by is tried once more. */
export const PASSES_MAX = 2;

/** Processes look this often whether a run is due, or was left by a process that is gone. */
export const LOOK_MS = 15_000;
/** A run in which this many attempts failed, one after the other and without a deletion between them, has failed. */
export const FAILURES_MAX = 5;

/** Conversations that nobody knows, and rows without a conversation, are settled once they are this old: what is younger may
 *  just be moving. */
export const ORPHAN_AGE_MS = 24 * 3_600_000;

/** Sessions that a preview shows. */
export const SAMPLES = 10;
/** Events of more sessions than this are not counted one by one in a preview, but estimated from as many of them. */
export const COUNTED_SESSIONS_MAX = 5_000;
/** Orphans that are settled by one statement. */
export const SETTLE_ROWS = 200;
/** Conversations of a CLI server that are compared with the sessions at once. */
export const COMPARED_ROWS = 5_000;
