// The contracts in lib/contracts carry the zod library (about 90 kB compressed) with them. The browser never
// validates, the server does; so the few bounds it shows are repeated here, and limits.test.ts keeps them equal.

/** Longest prompt, in UTF-16 code units after trimming. */
export const PROMPT_CHARS_MAX = 100_000;
/** Longest session title. */
export const TITLE_CHARS_MAX = 200;
/** Longest name of a schedule. */
export const SCHEDULE_NAME_CHARS_MAX = 200;
