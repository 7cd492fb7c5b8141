/** A new idempotency key. `crypto.randomUUID` exists only on https and localhost; an installation in a private network may
 *  be neither. */
export function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
