const fence = "```";
const longLine = `const row = await database.turn.findMany({ where: { sessionId, status: { in: ["queued", "running"] } }, orderBy: { createdAt: "asc" }, include: { events: true, session: { select: { id: true, title: true, model: true } } } });`;

/** Every construct that an answer may hold, and some that must not survive: a script, a handler, `javascript:` addresses. */
export const markdownText = `# Heading one

A paragraph with **bold**, *italic*, ***both***, ~~strikethrough~~, \`inline code\` and an emoji 🚀.
A [link with a title](https://docs.github.com/copilot "GitHub Copilot documentation"), a bare address https://github.com and a footnote-like mark[^1].

## Heading two

### Heading three

#### Heading four

##### Heading five

###### Heading six

- First item
- Second item
  - Nested item
    - Nested deeper
  - Nested again, with \`code\`
- Third item

1. Step one
2. Step two
   1. Step two, part one
   2. Step two, part two
3. Step three

- [x] A task that is done
- [ ] A task that is open

> A quotation that goes on
> over two lines.
>
> > And a quotation inside it.

| Column | Centre | Right |
|:-------|:------:|------:|
| left   | **b**  |     1 |
| \`a \\| b\` | *i* | 1,000 |
| a longer cell that has to wrap on a narrow screen | – | 3.14 |

---

${fence}ts
type Outcome = { won: true; lease: Lease } | { won: false; freeAt: Date };

// A very long line, to see that the block scrolls and the page does not.
${longLine}
${fence}

${fence}python
def fibonacci(n: int) -> list[int]:
    """The first n numbers."""
    a, b, found = 0, 1, []
    for _ in range(n):
        found.append(a)
        a, b = b, a + b
    return found
${fence}

${fence}bash
curl --fail --silent "$BASE_URL/api/ready" | jq '.status' && echo "ready"
${fence}

${fence}json
{ "sessionId": "s_01", "seq": 42, "type": "assistant.message", "data": { "ok": true, "cost": 0.5, "tags": ["a", null] } }
${fence}

${fence}diff
--- a/greeting.txt
+++ b/greeting.txt
@@ -1 +1 @@
-Hello
+Hello, world
${fence}

${fence}
A block without a language: <b>not bold</b> & not escaped twice.
${fence}

Math-looking text: $E = mc^2$, a price of $5 and another of $10, and a block:

$$
\\sum_{i=1}^{n} i = \\frac{n(n+1)}{2}
$$

Things that must stay harmless:

<script>window.__flightdeckInjected = "script";</script>

<img src="x" onerror="window.__flightdeckInjected = 'onerror'" alt="raw image">

<a href="javascript:window.__flightdeckInjected='href'">raw link</a>

![an image with a script for an address](javascript:window.__flightdeckInjected='image')

[a link with a script for an address](javascript:window.__flightdeckInjected='link')

Characters: < > & " ' \\* not italic \\*, a non-breaking space, ümlauts, 日本語, and العربية.

[^1]: The footnote.

The end of the Markdown sample.
`;
