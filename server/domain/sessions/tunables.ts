/** A lease that is not renewed for this long may be taken by another process. */
export const LEASE_TTL_MS = 10_000;
/** A watcher looks at the log by itself this often, in case a ring of the bell was lost. */
export const WATCH_POLL_MS = 5_000;
/** A watcher's login is asked again this often; a revoked one ends the watch. */
export const WATCH_RECHECK_MS = 10_000;
/** A process tells how many watches it has open at most this often, and only where that has changed. */
export const WATCHES_TELL_MS = 2_000;
/** Most rows a watcher reads at once. */
export const WATCH_PAGE_ROWS = 500;
/** Watchers that hear the bell at the same time read together: so many sessions a statement, so many rows each. */
export const FOLLOW_BATCH_MAX = 100;
export const FOLLOW_ROWS_MAX = 50;
/** The tail of a log is kept in memory for this many sessions, and this many events each. */
export const TAIL_SESSIONS_MAX = 200;
export const TAIL_EVENTS_MAX = 64;
/** An event with more JSON than this is not kept in the tail; readers fetch it from the database. */
export const TAIL_EVENT_CHARS_MAX = 16_384;
/** Files of deleted sessions are removed from the CLI servers this often, and retried after a failure. */
export const JANITOR_EVERY_MS = 5_000;
export const JANITOR_RETRY_MS = 60_000;
export const JANITOR_BATCH_ROWS = 40;
/** After a removal it rests so many times as long as that took, up to a limit. */
export const JANITOR_REST = 4;
export const JANITOR_REST_MAX_MS = 1_000;
/** Files of a conversation that goes on in a copy are kept this long: a server that hung may still write there. */
export const FORMER_KEPT_MS = 10 * 60_000;
/** When whoever has stored as many sessions as they may is told to look again. */
export const SESSIONS_RETRY_SECONDS = 60;
