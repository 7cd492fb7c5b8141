import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UNTITLED } from "@/lib/contracts/sessions";
import { titleFromPrompt } from "./title";
import { AUTO_TITLE_CHARS_MAX } from "./tunables";

describe("a title from a prompt", () => {
  it.each([
    ["hello", "hello"],
    ["\n\n  # Heading\nmore", "Heading"],
    ["> quoted `code`", "quoted `code`"],
    ["- a   list\titem", "a list item"],
    ["```\nlet x", "let x"],
    ["***", UNTITLED],
    ["one\r\ntwo", "one"],
    [`${"word ".repeat(30)}`, `${"word ".repeat(11)}word…`],
    ["x".repeat(200), `${"x".repeat(AUTO_TITLE_CHARS_MAX)}…`],
    ["🙂".repeat(70), `${"🙂".repeat(AUTO_TITLE_CHARS_MAX)}…`],
  ])("%j is %j", (prompt, title) => {
    expect(titleFromPrompt(prompt)).toBe(title);
  });

  it("is one line with text, of a bounded length, whatever the prompt", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (prompt) => {
        const title = titleFromPrompt(prompt);
        expect(title.trim()).toBe(title);
        expect(title).not.toBe("");
        expect(title).not.toMatch(/[\r\n]/);
        expect(Array.from(title).length).toBeLessThanOrEqual(AUTO_TITLE_CHARS_MAX + 1);
      }),
    );
  });
});
