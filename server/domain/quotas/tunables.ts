/** Requests are counted over this time, which begins with the first. */
export const REQUESTS_SECONDS = 60;
/** When whoever has as many streams open as they may is told to look again: none of them ends by a clock. */
export const STREAMS_RETRY_SECONDS = 5;
/** Counts of requests that nobody added to for this long are removed when a process starts. */
export const COUNTS_KEPT_SECONDS = 86_400;
