import { z } from "zod";

const NUL = "\u0000";
const REPLACEMENT = "\uFFFD";

/** `text` as every part can store and send it: NUL and lone halves of surrogate pairs, which neither Postgres nor
 *  JSON readers take, become U+FFFD. Any other text is returned as it is. */
export const storableText = (text: string): string => text.toWellFormed().replaceAll(NUL, REPLACEMENT);

/** A string field of a caller, made storable before its bounds are checked. */
export const Text = z.string().transform(storableText);

/** A JSON value with all its texts storable, names of fields included. */
export function storableJson(value: unknown): unknown {
  if (typeof value === "string") return storableText(value);
  if (Array.isArray(value)) return value.map(storableJson);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [storableText(name), storableJson(field)]),
  );
}
