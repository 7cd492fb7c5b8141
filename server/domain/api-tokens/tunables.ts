/** Wrong tokens that one address may send within this time; after that it is told to wait for the rest of it. */
export const WRONG_TOKENS_MAX = 20;
export const WRONG_TOKENS_SECONDS = 60;
/** That a token was used, and from where, is noted at most this often. */
export const USE_NOTE_MS = 60_000;
/** Tokens of which a process remembers that they were good. */
export const KNOWN_TOKENS_MAX = 10_000;
/** Tokens that have ended, of one person, whose rows are kept to tell their callers why. */
export const ENDED_TOKENS_KEPT = 100;
