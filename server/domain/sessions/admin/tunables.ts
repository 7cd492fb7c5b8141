/** Turns that the details of a session show: its newest. */
export const DETAIL_TURNS_MAX = 50;
/** Events of one page of a transcript. */
export const TRANSCRIPT_ROWS = 1_000;
/** The same reader who gives the same reason is noted again, in the audit log and in the conversation, after this time. */
export const READ_AGAIN_MS = 10 * 60_000;
