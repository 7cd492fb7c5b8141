/** That a person was seen is noted at most this often. */
export const SEEN_NOTE_MS = 5 * 60_000;
/** What GitHub says about a person's organisations and teams is read again when it is this old. */
export const MEMBERSHIP_EVERY_MS = 60 * 60_000;
/** Where it could not be read, or the process that was reading died, it is read again after this time. */
export const MEMBERSHIP_AGAIN_MS = 5 * 60_000;
