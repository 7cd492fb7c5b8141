/** A text whose wildcards LIKE and ILIKE take literally. */
export const literally = (text: string): string => text.replace(/[\\%_]/g, "\\$&");
