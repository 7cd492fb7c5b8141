// @vitest-environment jsdom
import { cleanup, render } from "@testing-library/react";
import fc from "fast-check";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { createBlockParser } from "./block-parser";
import MarkdownView from "./markdown-view";
import { loadCompletion } from "./unfinished";

beforeAll(async () => {
  await loadCompletion();
  globalThis.IntersectionObserver = class {
    observe() {}
    disconnect() {}
  } as unknown as typeof IntersectionObserver;
});
afterEach(cleanup);

const html = (text: string, streaming = false) => {
  const { container } = render(<MarkdownView text={text} streaming={streaming} />);
  const view = container.innerHTML;
  cleanup();
  return view;
};

/** The same markup with the attributes of each tag in one order: React adds them as they come. */
const sorted = (markup: string) =>
  markup.replace(/<(\w+)((?: [\w-]+="[^"]*")+)/g, (_, tag: string, attributes: string) =>
    [`<${tag}`, ...(attributes.match(/[\w-]+="[^"]*"/g) ?? []).sort()].join(" "),
  );

const SAMPLE = `# Title

Some *text* with \`code\`, **bold** and [a link](https://example.com/a).

1. one
2. two

   still two

- [x] done
- [ ] open
  - nested

\`\`\`ts
const a = 1;

const b = "\`\`";
\`\`\`

| a | b |
|---|:-:|
| 1 | 2 |

> quote
> goes on

Setext
------

last & <b>bold</b> &copy; line`;

describe("an answer as Markdown", () => {
  test.each([
    ["a script", "<script>alert(1)</script>"],
    ["an event handler", '<img src=x onerror="alert(1)">'],
    ["an inline event handler", 'text <b onclick="alert(1)">x</b>'],
    ["a script link", "[x](javascript:alert(1))"],
    ["a script link in disguise", "[x](JaVa\tScRiPt:alert(1))"],
    ["a data link", "[x](data:text/html;base64,PHNjcmlwdD4=)"],
    ["a frame", '<iframe src="https://evil.example"></iframe>'],
    ["a remote picture", "![x](https://evil.example/pixel.png)"],
    ["a style", '<style>body{display:none}</style><p style="position:fixed">x</p>'],
    ["a link into this site", "[x](/api/auth/signout)"],
  ])("%s stays harmless", (_, text) => {
    const { container } = render(<MarkdownView text={text} streaming={false} />);
    expect(container.querySelector("script, img, iframe, style, object, embed, form")).toBeNull();
    for (const element of container.querySelectorAll("*")) {
      for (const { name, value } of element.attributes) {
        expect(name.startsWith("on")).toBe(false);
        if (name === "href") expect(value).toMatch(/^(https?|mailto):/);
      }
    }
  });

  test("nothing that can be written makes an element that acts", () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom(
            "<",
            ">",
            "script",
            "img ",
            "onerror=",
            "a",
            "[",
            "](",
            ")",
            "javascript:",
            "`",
            "\n",
            "!",
            "&lt;",
            "/",
            " ",
          ),
        }),
        (text) => {
          const { container } = render(<MarkdownView text={text} streaming />);
          expect(
            container.querySelector("script, img, iframe, style, object, embed, form, [onerror]"),
          ).toBeNull();
          for (const link of container.querySelectorAll("a"))
            expect(link.protocol).toMatch(/^(https?|mailto):$/);
          cleanup();
        },
      ),
      { numRuns: 60 },
    );
  });

  test("a picture becomes a link that opens only when followed", () => {
    const { container } = render(
      <MarkdownView text="![diagram](https://example.com/x.png)" streaming={false} />,
    );
    const link = container.querySelector("a");
    expect(link?.textContent).toBe("diagram");
    expect(link?.getAttribute("rel")).toContain("noreferrer");
  });

  test("small HTML tags mean what they say, all others are text", () => {
    expect(html("press <kbd>Ctrl</kbd>, H<sub>2</sub>O<br>next")).toContain(
      "press <kbd>Ctrl</kbd>, H<sub>2</sub>O<br>next",
    );
    expect(html("a <blink>b</blink>")).toContain("&lt;blink&gt;");
  });

  test("character references are read in text and left alone in code", () => {
    expect(html("a &copy; &lt;b&gt; `&copy;`")).toContain("a © &lt;b&gt; <code>&amp;copy;</code>");
  });

  test("looks the same in the end however it arrived", { timeout: 60_000 }, () => {
    const whole = sorted(html(SAMPLE));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 5, max: 80 }), { minLength: 1, maxLength: 12 }), (steps) => {
        const { container, rerender } = render(<MarkdownView text="" streaming />);
        let end = 0;
        for (const step of steps) {
          end += step;
          rerender(<MarkdownView text={SAMPLE.slice(0, end)} streaming />);
        }
        rerender(<MarkdownView text={SAMPLE} streaming={false} />);
        expect(sorted(container.innerHTML)).toBe(whole);
        cleanup();
      }),
      { numRuns: 12 },
    );
  });

  test("a growing text keeps its settled blocks, so they are not drawn again", () => {
    const parse = createBlockParser();
    const before = parse("# a\n\none\n\ntwo\n\nthree", true);
    const after = parse("# a\n\none\n\ntwo\n\nthree four", true);
    expect(after[0]).toBe(before[0]);
    expect(after.map(({ raw }) => raw).join("")).toBe("# a\n\none\n\ntwo\n\nthree four");
  });

  test("unfinished syntax at the end of a streaming answer is completed for the eye", () => {
    expect(html("this is **bold", true)).toContain("<strong>bold</strong>");
    expect(html("see [the paper](https://exa", true)).not.toContain("](");
  });
});
