/** A ping is sent this often on every connection, once the last was answered. */
export const PING_EVERY_MS = 500;
/** A server that has said nothing for this long, whatever it was asked, counts as hung and its connection is dropped. */
export const PING_TIMEOUT_MS = 5_000;
/** Longest time to connect and shake hands (the SDK's own limit is 10 s). */
export const CONNECT_TIMEOUT_MS = 10_000;
/** Longest time for creating, resuming or detaching a session, or any other single call. */
export const RPC_TIMEOUT_MS = 15_000;
/** Longest time for listing the conversations of a home folder, which may be tens of thousands. */
export const LIST_TIMEOUT_MS = 120_000;
/** Waits between attempts to connect to a server: doubled from the first to the last. */
export const RETRY_FIRST_MS = 200;
export const RETRY_LAST_MS = 5_000;
/** The same between attempts to start one. A start takes a core for seconds, which those sessions need first that move to
 *  the spare. */
export const RESTART_FIRST_MS = 2_000;
export const RESTART_LAST_MS = 8_000;
/** A supervised server that ran this long starts the waits anew after its next crash. */
export const STABLE_AFTER_MS = 30_000;
/** Longest time from start until a supervised server says that it listens (its first run unpacks itself). */
export const START_TIMEOUT_MS = 90_000;
/** Time between SIGTERM and SIGKILL for a supervised server. */
export const STOP_GRACE_MS = 2_000;
/** Newest events of a journal in which a running turn's prompt is looked for. */
export const JOURNAL_EVENTS = 1_000;
/** A server that was lost so often within the window is quarantined: first for this long, doubled up to the last with
 *  each time. */
export const LOSSES_MAX = 3;
export const LOSSES_WINDOW_MS = 60_000;
export const QUARANTINE_FIRST_MS = 30_000;
export const QUARANTINE_LAST_MS = 5 * 60_000;
/** The spare of a supervised fleet is started this long after the first server, which people wait for. */
export const SPARE_DELAY_MS = 3_000;
/** A server that reads too many journals at once is asked again this often, after this time. */
export const JOURNAL_TRIES = 20;
export const JOURNAL_RETRY_MS = 100;
/** What an older turn left going is stopped again this often, after this time. An abort takes about 40 ms. */
export const QUIET_TRIES = 30;
export const QUIET_RETRY_MS = 100;
