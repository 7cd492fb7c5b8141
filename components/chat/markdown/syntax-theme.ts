/** Which scopes of a grammar get which colour. The colours are CSS variables (`--syntax-token-…`), so one pass over
 *  the code serves the dark and the light theme. A later rule wins over an earlier one of the same depth. */
const RULES: readonly { color: string; scope: string[] }[] = [
  {
    color: "foreground",
    scope: [
      "keyword.operator.accessor",
      "meta.template.expression",
      "markup.fenced_code meta.embedded.block",
    ],
  },
  {
    color: "token-link",
    scope: ["meta.link.inline.markdown", "markup.underline.link", "punctuation.definition.metadata.markdown"],
  },
  {
    color: "token-string",
    scope: [
      "string",
      "string.quoted",
      "string.regexp",
      "string.template",
      "string.unquoted.plain.out.yaml",
      "markup.fenced_code",
      "markup.inline",
    ],
  },
  {
    color: "token-comment",
    scope: ["comment", "string.quoted.docstring.multi", "punctuation.definition.comment"],
  },
  {
    color: "token-constant",
    scope: [
      "constant.numeric",
      "constant.language",
      "constant.other",
      "constant.character",
      "variable.language.this",
      "variable.other.constant",
      "meta.property-value",
      "support.type",
      "support.constant",
    ],
  },
  {
    color: "token-keyword",
    scope: [
      "keyword",
      "storage.modifier",
      "storage.type",
      "entity.name.tag",
      "entity.name.tag.yaml",
      "support.type.property-name.json",
      "support.type.property-name.toml",
      "punctuation.definition.template-expression",
      "markup.heading",
      "variable.language",
    ],
  },
  {
    color: "token-parameter",
    scope: [
      "variable.parameter",
      "variable.other.property",
      "meta.object-literal.key",
      "support.type.property-name.css",
    ],
  },
  {
    color: "token-function",
    scope: [
      "support.function",
      "support.class",
      "entity.name.type",
      "entity.name.class",
      "entity.other.inherited-class",
      "entity.other.attribute-name",
      "entity.name.function",
      "meta.function-call.generic",
    ],
  },
  {
    color: "token-punctuation",
    scope: [
      "punctuation.definition.arguments",
      "punctuation.separator",
      "punctuation.terminator",
      "keyword.operator",
    ],
  },
  {
    color: "token-inserted",
    scope: ["markup.inserted", "meta.diff.header.to-file", "punctuation.definition.inserted"],
  },
  {
    color: "token-deleted",
    scope: ["markup.deleted", "meta.diff.header.from-file", "punctuation.definition.deleted"],
  },
  { color: "token-changed", scope: ["markup.changed", "meta.diff.range", "punctuation.definition.changed"] },
];

// The tokenizer only knows colours as #RRGGBB, so each rule carries its number in one.
const hexOf = (index: number) => `#${index.toString(16).padStart(6, "0")}`;
const PLAIN = hexOf(RULES.length);

/** The rules as a TextMate theme. */
export const SYNTAX_THEME = {
  name: "flightdeck",
  settings: [
    { settings: { foreground: PLAIN, background: PLAIN } },
    ...RULES.map(({ scope }, index) => ({ scope, settings: { foreground: hexOf(index) } })),
  ],
};

/** The CSS colour behind a colour of the theme; undefined: that of plain text. */
export function cssColor(hex: string | undefined): string | undefined {
  const rule = hex === undefined ? undefined : RULES[Number.parseInt(hex.slice(1), 16)];
  return rule && `var(--syntax-${rule.color})`;
}
