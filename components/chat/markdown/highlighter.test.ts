import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HIGHLIGHT_START, loadHighlighter } from "./highlighter";
import { findLanguage, languageName } from "./languages";

const CODE = `import { a } from "b";\n/* a comment\n   of two lines */\nexport const f = (x: number) => \`t\${x}\`; // end\n`;

/** A highlighter that has read its grammar: the first pass may take longer than a line is given. */
async function warm(fence: string) {
  const run = await loadHighlighter(fence);
  if (!run) throw new Error(`the grammar of ${fence} did not load`);
  for (let pass = 0; pass < 3; pass += 1) run(CODE, HIGHLIGHT_START, 100);
  return run;
}

describe("highlighted code", () => {
  test("every line keeps its text, and comments that span lines keep their colour", {
    timeout: 60_000,
  }, async () => {
    const { lines } = (await warm("ts"))(CODE, HIGHLIGHT_START, 100);
    expect(lines.map((line) => line.map(({ text }) => text).join("")).join("\n")).toBe(CODE.trimEnd());
    const comment = "var(--syntax-token-comment)";
    expect(lines[1]?.[0]?.color).toEqual(comment);
    expect(lines[2]?.[0]?.color).toEqual(comment);
  });

  test("reading it in pieces gives what reading it at once gives", { timeout: 60_000 }, async () => {
    const run = await warm("typescript");
    const whole = run(CODE, HIGHLIGHT_START, 100);
    fc.assert(
      fc.property(fc.array(fc.nat({ max: CODE.length })), (cuts) => {
        let cursor = HIGHLIGHT_START;
        for (const cut of cuts.sort((a, b) => a - b)) cursor = run(CODE.slice(0, cut), cursor, 1);
        expect(run(CODE, cursor, 100).lines).toEqual(whole.lines);
      }),
    );
  });

  test("an unfinished line is not read yet", async () => {
    const run = await loadHighlighter("ts");
    expect(run?.("const a", HIGHLIGHT_START, 10)).toBe(HIGHLIGHT_START);
  });

  test("an unknown language is shown plain, under its own name", async () => {
    expect(await loadHighlighter("brainfudge")).toBeNull();
    expect(languageName("brainfudge")).toBe("brainfudge");
    expect(languageName("")).toBe("Text");
  });

  test.each([
    "ts",
    "tsx",
    "py",
    "bash",
    "json",
    "yaml",
    "html",
    "css",
    "sql",
    "go",
    "rust",
    "java",
    "cpp",
    "c#",
    "ruby",
    "php",
    "diff",
    "dockerfile",
    "markdown",
    "kotlin",
    "swift",
    "terraform",
  ])("the grammar of %s loads and runs with the JavaScript engine", { timeout: 60_000 }, async (fence) => {
    const run = await loadHighlighter(fence);
    const { lines } = run?.('if (x == "a") { return 1 } # y\n', HIGHLIGHT_START, 10) ?? HIGHLIGHT_START;
    expect(lines).toHaveLength(1);
    expect(findLanguage(fence.toUpperCase())).toBe(findLanguage(fence));
  });
});
