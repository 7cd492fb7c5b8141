/** Events that a verification reads at once. */
export const READ_ROWS = 1_000;
/** The same refusal of the same person is stored again after this time. */
export const REFUSAL_AGAIN_MS = 60_000;
/** Refusals that are remembered for that. */
export const REFUSALS_MAX = 1_000;
