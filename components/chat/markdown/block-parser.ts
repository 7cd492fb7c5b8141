import { Lexer, type MarkedToken, type Token, type TokensList } from "marked";
import { completed } from "./unfinished";

/** One top-level piece of a Markdown text. Two blocks with the same `raw` and `links` look the same. */
export type Block = { raw: string; token: MarkedToken; links: string };

export type BlockParser = (text: string, streaming: boolean) => readonly Block[];

/** Blocks at the end that a longer text may still change: a list can go on after an empty line, a paragraph can
 *  turn into a heading. Everything before them is final. */
const UNSETTLED_BLOCKS = 2;

/** A parser for one growing text. While the text only grows, each call costs what the unsettled end costs, not
 *  what the whole text costs, and settled blocks keep their identity. */
export function createBlockParser(): BlockParser {
  let parsed = "";
  let settled: Block[] = [];
  let settledChars = 0;
  let links: TokensList["links"] = {};

  return (text, streaming) => {
    if (!text.startsWith(parsed) || !streaming) {
      settled = [];
      settledChars = 0;
      links = {};
    }
    parsed = text;

    const source = text.slice(settledChars);
    const tail = lex(source, links);
    if (!streaming) return tail.blocks;

    const keep = Math.max(0, tail.blocks.length - UNSETTLED_BLOCKS);
    // The lexer normalises line ends and tabs, so lengths of raw text can be trusted only where it left them alone.
    const kept = tail.blocks.slice(0, keep);
    const keptRaw = kept.map((block) => block.raw).join("");
    if (source.startsWith(keptRaw)) {
      settled = [...settled, ...kept];
      settledChars += keptRaw.length;
      links = tail.links;
      const end = source.slice(keptRaw.length);
      return [...settled, ...lex(completed(end), links).blocks];
    }
    return [...settled, ...tail.blocks];
  };
}

function lex(source: string, known: TokensList["links"]): { blocks: Block[]; links: TokensList["links"] } {
  const lexer = new Lexer({ gfm: true });
  lexer.tokens.links = { ...known };
  const tokens = lexer.lex(source);
  const links = tokens.links;
  const signature = Object.keys(links).join(" ");
  const blocks = tokens.map((token) => ({ raw: token.raw, token: builtIn(token), links: signature }));
  return { blocks, links };
}

// No extensions are in use, so every token is one of marked's own.
function builtIn(token: Token): MarkedToken {
  return token as MarkedToken;
}
