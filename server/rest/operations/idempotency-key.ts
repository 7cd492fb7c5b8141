/** The header by which a caller who did not get an answer may ask again, and nothing is done twice. */
export const IDEMPOTENCY_KEY = "Idempotency-Key";
