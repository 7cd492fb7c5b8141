import { decodePlace, encodePlace } from "@/server/platform/places";

/** A place in the list of sessions: everything after it is older. */
export type Cursor = { lastActivityAt: Date; id: string };

/** A cursor as opaque text. */
export const encodeCursor = ({ lastActivityAt, id }: Cursor): string =>
  encodePlace({ at: lastActivityAt, id });

/** The cursor of a text made by `encodeCursor`; null for any other text. */
export function decodeCursor(text: string): Cursor | null {
  const place = decodePlace(text);
  return place && { lastActivityAt: place.at, id: place.id };
}
