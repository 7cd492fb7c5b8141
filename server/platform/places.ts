import { AppError } from "@/lib/errors/app-error";

/** A place in a list that is in the order of a time: everything after it is older. */
export type Place = { at: Date; id: string };

/** A place as opaque text. */
export const encodePlace = ({ at, id }: Place): string =>
  Buffer.from(`${at.toISOString()} ${id}`).toString("base64url");

const PLACE =
  /^([1-9]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;

/** The place of a text made by `encodePlace`; null for any other text. */
export function decodePlace(text: string): Place | null {
  const [, time, id] = PLACE.exec(Buffer.from(text, "base64url").toString("utf8")) ?? [];
  if (time === undefined || id === undefined) return null;
  const at = new Date(time);
  return Number.isNaN(at.getTime()) ? null : { at, id };
}

/** The place in a cursor of a caller's; null where there is none. Throws `invalid_input`. */
export function placeIn(cursor: string | null | undefined): Place | null {
  const place = cursor ? decodePlace(cursor) : null;
  if (cursor && !place) throw new AppError("invalid_input", { details: { cursor: "is not from this list" } });
  return place;
}

/** The first `limit` of `rows`, of which one more was asked for, to tell whether there is a next page. */
export function pageOf<Row>(rows: readonly Row[], limit: number, placeOf: (row: Row) => Place) {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last ? encodePlace(placeOf(last)) : null };
}
