/** Events that an export, or a verification, reads at once. */
export const READ_ROWS = 1_000;
