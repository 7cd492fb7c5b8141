import { UNTITLED } from "@/lib/contracts/sessions";
import { AUTO_TITLE_CHARS_MAX } from "./tunables";

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
