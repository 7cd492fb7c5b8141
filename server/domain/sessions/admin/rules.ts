import { ADMIN_SESSION_SORTS, type AdminSessionSort } from "@/lib/contracts/admin-sessions";

/** How the administrators' list is ordered; sessions of the same time by their ids. */
export type Order = { sort: AdminSessionSort; descending: boolean };

/** A place in that list. */
export type Position = { at: Date; id: string };

/** Times and ids of a page's rows. */
type Row = { id: string } & Record<AdminSessionSort, Date>;

const directionOf = ({ descending }: Order) => (descending ? "desc" : "asc");

/** The place of a row, as opaque text that holds for this order alone. */
export const encodePosition = (order: Order, row: Row): string =>
  Buffer.from(`${order.sort} ${directionOf(order)} ${row[order.sort].toISOString()} ${row.id}`).toString(
    "base64url",
  );

const POSITION = new RegExp(
  `^(${ADMIN_SESSION_SORTS.join("|")}) (asc|desc) ` +
    "([1-9]\\d{3}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z) ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$",
);

/** The place in a text made by `encodePosition`; null for any other text, and for one of another order. */
export function decodePosition(order: Order, text: string): Position | null {
  const [, sort, direction, time = "", id = ""] =
    POSITION.exec(Buffer.from(text, "base64url").toString("utf8")) ?? [];
  if (sort !== order.sort || direction !== directionOf(order)) return null;
  const at = new Date(time);
  return Number.isNaN(at.getTime()) ? null : { at, id };
}

/** Words of a search, each once. */
export const wordsOf = (query: string): string[] => [
  ...new Set(query.split(/\s+/).filter((word) => word !== "")),
];

type PageOptions = { limit: number; isBack: boolean; hasCursor: boolean };

/** The page in `rows`, which were read in its direction, one more than `limit` where there are more; and whether there
 *  are rows on either side. Where it came from there are: the row at the cursor itself, or those that it was before. */
export function pageOf<Item>(rows: readonly Item[], { limit, isBack, hasCursor }: PageOptions) {
  const hasMore = rows.length > limit;
  const inDirection = rows.slice(0, limit);
  return {
    page: isBack ? inDirection.toReversed() : inDirection,
    hasPrevious: isBack ? hasMore : hasCursor,
    hasNext: isBack || hasMore,
  };
}

/** The place in an export after so many rows. */
export type ExportPlace = { rows: number; position: Position };

export const encodeExportCursor = (order: Order, row: Row, rows: number): string =>
  `${rows}.${encodePosition(order, row)}`;

/** The place in a text made by `encodeExportCursor`; null for any other text, and for one of another order. */
export function decodeExportCursor(order: Order, text: string): ExportPlace | null {
  const [, rows, place] = /^(\d{1,6})\.(.+)$/.exec(text) ?? [];
  const position = place === undefined ? null : decodePosition(order, place);
  return position && { rows: Number(rows), position };
}
