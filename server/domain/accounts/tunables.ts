/** That a person was seen is noted at most this often. */
export const SEEN_NOTE_MS = 5 * 60_000;
