import { AUTO_TITLE_CHARS_MAX } from "./tunables";

/** The title of a session nobody has named yet. */
export const UNTITLED = "New session";

/** A title from the first prompt: its first line with text, without Markdown marks, cut at a word. */
export function titleFromPrompt(prompt: string): string {
  const line =
    prompt
      .split("\n")
      .map((text) =>
        text
          .replace(/^[#>*`\-\s]+/, "")
          .replace(/\s+/g, " ")
          .trim(),
      )
      .find((text) => text !== "") ?? UNTITLED;
  const letters = Array.from(line);
  if (letters.length <= AUTO_TITLE_CHARS_MAX) return line;
  const cut = letters.slice(0, AUTO_TITLE_CHARS_MAX).join("");
  const atWord = cut.lastIndexOf(" ");
  return `${(atWord > AUTO_TITLE_CHARS_MAX / 2 ? cut.slice(0, atWord) : cut).trimEnd()}…`;
}

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

/** Numbers as ascending ranges `[first, last]`, both inclusive. */
export function toRanges(numbers: number[]): [number, number][] {
  const ranges: [number, number][] = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && number <= last[1] + 1) last[1] = Math.max(last[1], number);
    else ranges.push([number, number]);
  }
  return ranges;
}
