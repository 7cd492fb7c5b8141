/** How long a turn waits for a CLI server that is ready. */
export const SERVER_WAIT_MS = 8_000;
/** Pause before the next try after a server was lost while a session was being attached. */
export const SERVER_RETRY_MS = 100;
/** After this long without a server the person is told that the turn waits for one. */
export const SERVER_NOTICE_MS = 1_500;
/** A running turn moves to another server at most this often; then it ends `cli_server_lost`. */
export const MOVES_MAX = 5;
/** A running turn is taken up again after its process died at most this often; then it ends `interrupted`. */
export const TAKE_UPS_MAX = 10;
/** A turn in which the CLI says nothing for this long is ended (it retries a rate limit for about 51 s). */
export const TURN_SILENCE_MAX_MS = 3 * 60_000;
/** After a stop was asked, the CLI has this long to become idle; then the turn ends without it. */
export const ABORT_GRACE_MS = 3_000;
/** A session without a turn for this long is detached from its CLI server; the next prompt resumes it. */
export const IDLE_DETACH_MS = 5 * 60_000;
/** Streamed text is stored at once and then at most this often: the first, doubled up to the last while each write
 *  gathers many pieces. A fast answer is stored in fewer, larger rows; one that people read along comes as it is said. */
export const DELTA_WAIT_FIRST_MS = 8;
export const DELTA_WAIT_LAST_MS = 50;
export const DELTA_MANY_PIECES = 4;
/** A finished text waits this long for the end of its turn, which mostly follows within milliseconds. */
export const FINISHED_WAIT_MS = 25;
/** One row holds at most this many characters of streamed text. */
export const DELTA_CHARS_MAX = 8_192;
/** Turns that nobody drives any more are looked for this often. */
export const SWEEP_EVERY_MS = 2_000;
export const SWEEP_ROWS = 50;
/** A queued turn is taken up by the sweep when its own process has not done so for this long. */
export const QUEUED_STALE_MS = 3_000;
/** A process that has heard that turns wait looks for room for them with each turn that ends, for this long. */
export const CONGESTED_MS = 10_000;
/** While the database is away, a running turn's writes are tried again this often, and given up after the limit. */
export const WRITE_RETRY_EVERY_MS = 250;
export const WRITE_RETRY_MAX_MS = 60_000;
/** A process renews the leases of its sessions this often; they run out after three missed renewals. */
export const LEASE_RENEW_MS = 3_000;
/** Longest title made from a prompt. */
export const AUTO_TITLE_CHARS_MAX = 60;
/** A process looks this often whether the others are still there; seen absent twice, its turns are taken up. */
export const PROCESSES_LOOK_MS = 400;
/** A prompt that is sent later than this after its turn began is sent only where the lease still holds: another process
 *  that took the session over asks the CLI about the prompt a little later than this. */
export const SEND_LATE_MS = 100;
/** An answer about the lease that came later than this may be out of date. */
export const LEASE_ANSWER_LATE_MS = 2_000;
/** Before a session's first prompt on a CLI server, another process is given this long to stand by. */
export const STANDBY_WAIT_MS = 600;
/** A turn that went on on another CLI server has run there for this long before another process stands by for it again. */
export const STANDBY_AFTER_MOVE_MS = 1_500;
/** A standby looks this often whether it is still needed. */
export const STANDBY_CHECK_MS = 5_000;
/** Most that a standby keeps of what is said in one turn, in characters. */
export const HEARD_CHARS_MAX = 262_144;
/** Most of a conversation that a model is told where the CLI has lost it, in characters. */
export const MEMORY_CHARS_MAX = 60_000;
/** When whoever has as many turns running and waiting as they may is told to look again. */
export const TURNS_RETRY_SECONDS = 5;
