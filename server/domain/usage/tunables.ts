/** Hours that are over are looked for this often. */
export const ROLL_EVERY_MS = 3 * 60_000;
/** An hour is added up when it has been over for this long: statements that end a turn in it are done by then. */
export const ROLL_MARGIN_MS = 5 * 60_000;
/** Most hours that one statement adds up. */
export const ROLL_HOURS_MAX = 24;
/** Ranges up to this long are shown by the hour, longer ones by the day. */
export const HOUR_STEPS_MAX_MS = 48 * 3_600_000;
