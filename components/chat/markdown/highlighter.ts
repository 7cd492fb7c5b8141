import { createJavaScriptRegexEngine } from "shiki/engine/javascript";
import { EncodedTokenMetadata, INITIAL, Registry } from "shiki/textmate";
import { findLanguage } from "./languages";
import { cssColor, SYNTAX_THEME } from "./syntax-theme";

export type StyledToken = { offset: number; text: string; color: string | undefined };

/** How far a block has been read: whole lines only, so that a longer text can go on from here. */
export type HighlightCursor = {
  chars: number;
  lines: readonly (readonly StyledToken[])[];
  state: typeof INITIAL;
};

export const HIGHLIGHT_START: HighlightCursor = { chars: 0, lines: [], state: INITIAL };

/** Reads at most `linesMax` more whole lines; answers `from` itself where there is none. */
export type LineHighlighter = (code: string, from: HighlightCursor, linesMax: number) => HighlightCursor;

type Grammar = ReturnType<Registry["addGrammar"]>;

/** Longer lines are shown plain: minified code would keep the page busy for nothing. */
const LINE_CHARS_MAX = 2_000;
/** A line that takes longer is coloured as far as it got. */
const LINE_TIME_MAX_MS = 1_000;

// Only what highlighting needs of shiki: its tokenizer, its engine and its grammars. The rest of it (themes,
// HTML output, WebAssembly) would more than double what a browser has to load.
const grammars = new Map<string, Grammar>();
const engine = createJavaScriptRegexEngine({ forgiving: true });
const registry = new Registry({
  onigLib: {
    createOnigScanner: (patterns) => engine.createScanner(patterns),
    createOnigString: (text) => engine.createString(text),
  },
  theme: SYNTAX_THEME,
  loadGrammar: () => null,
});

/** The highlighter of the language that a fence names. Null where it is unknown or its grammar does not load. */
export async function loadHighlighter(fence: string): Promise<LineHighlighter | null> {
  const language = findLanguage(fence);
  if (!language) return null;
  try {
    const { default: registrations } = await language.load();
    // Those a grammar embeds stand before it. Each is added by hand and once: asked for by name, a grammar that
    // another one had mentioned before it was there would never be found again.
    for (const each of registrations) {
      if (!grammars.has(each.scopeName)) grammars.set(each.scopeName, registry.addGrammar(each));
    }
    const grammar = grammars.get(registrations.at(-1)?.scopeName ?? "");
    if (!grammar) return null;
    return highlighterOf(grammar);
  } catch {
    return null;
  }
}

const highlighterOf =
  (grammar: Grammar): LineHighlighter =>
  (code, from, linesMax) => {
    const lines: StyledToken[][] = [];
    let { chars, state } = from;
    while (lines.length < linesMax) {
      const end = code.indexOf("\n", chars);
      if (end === -1) break;
      const line = code.slice(chars, end);
      chars = end + 1;
      if (line.length > LINE_CHARS_MAX) {
        lines.push([{ offset: 0, text: line, color: undefined }]);
        continue;
      }
      const result = grammar.tokenizeLine2(line, state, LINE_TIME_MAX_MS);
      state = result.ruleStack;
      lines.push(styledTokens(line, result.tokens));
    }
    return lines.length === 0 ? from : { chars, lines: [...from.lines, ...lines], state };
  };

/** `encoded` holds pairs: where a token starts, and what it is. Neighbours of one colour become one token. */
function styledTokens(line: string, encoded: Uint32Array): StyledToken[] {
  const colors = registry.getColorMap();
  const tokens: StyledToken[] = [];
  for (let at = 0; at < encoded.length; at += 2) {
    const offset = encoded[at] ?? 0;
    const text = line.slice(offset, encoded[at + 2] ?? line.length);
    const color = cssColor(colors[EncodedTokenMetadata.getForeground(encoded[at + 1] ?? 0)]);
    const before = tokens.at(-1);
    if (before && before.color === color) before.text += text;
    else tokens.push({ offset, text, color });
  }
  return tokens;
}
