/** A place in the list of sessions: everything after it is older. */
export type Cursor = { lastActivityAt: Date; id: string };

/** A cursor as opaque text. */
export const encodeCursor = ({ lastActivityAt, id }: Cursor): string =>
  Buffer.from(`${lastActivityAt.toISOString()} ${id}`).toString("base64url");

const CURSOR =
  /^([1-9]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;

/** The cursor of a text made by `encodeCursor`; null for any other text. */
export function decodeCursor(text: string): Cursor | null {
  const [, time, id] = CURSOR.exec(Buffer.from(text, "base64url").toString("utf8")) ?? [];
  if (time === undefined || id === undefined) return null;
  const lastActivityAt = new Date(time);
  return Number.isNaN(lastActivityAt.getTime()) ? null : { lastActivityAt, id };
}
