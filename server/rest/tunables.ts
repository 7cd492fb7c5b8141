/** Largest body of a request. The longest prompt takes 600,000 bytes where every character is escaped. */
export const BODY_BYTES_MAX = 1_048_576;
/** Longest wait of `POST /api/chat` for an answer. */
export const ANSWER_MS_MAX = 5 * 60_000;
/** How long a browser may remember what another website is allowed. */
export const PREFLIGHT_SECONDS = 600;
/** After this time a reader of events whose stream ended or broke comes back by itself. */
export const STREAM_RETRY_MS = 1_000;
