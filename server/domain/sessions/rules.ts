/** A place in the list of sessions: everything after it is older. */
export type Cursor = { lastActivityAt: Date; id: string };

/** A cursor as opaque text. */
export const encodeCursor = ({ lastActivityAt, id }: Cursor): string =>
  Buffer.from(`${lastActivityAt.toISOString()} ${id}`).toString("base64url");

/** The cursor of a text made by `encodeCursor`; null for any other text. */
export function decodeCursor(text: string): Cursor | null {
  const match = /^(\S+) ([0-9a-f-]{36})$/.exec(Buffer.from(text, "base64url").toString("utf8"));
  const lastActivityAt = new Date(match?.[1] ?? "");
  const id = match?.[2];
  return id === undefined || Number.isNaN(lastActivityAt.getTime()) ? null : { lastActivityAt, id };
}
