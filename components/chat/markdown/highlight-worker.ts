import {
  HIGHLIGHT_START,
  type HighlightCursor,
  type LineHighlighter,
  loadHighlighter,
  type StyledToken,
} from "./highlighter";

/** `text` is made of whole lines that follow those sent before for the same block. */
export type HighlightRequest =
  | { kind: "more"; block: number; language: string; text: string }
  | { kind: "drop"; block: number };
export type HighlightAnswer = { block: number; lines: readonly (readonly StyledToken[])[] };

const states = new Map<number, HighlightCursor["state"]>();
const highlighters = new Map<string, Promise<LineHighlighter | null>>();
// One request after the other, so that the lines of a block stay in order while its grammar is being loaded.
let queue = Promise.resolve();

addEventListener("message", ({ data }: MessageEvent<HighlightRequest>) => {
  if (data.kind === "drop") states.delete(data.block);
  else queue = queue.then(() => answer(data));
});

async function answer({ block, language, text }: Extract<HighlightRequest, { kind: "more" }>): Promise<void> {
  const loading = highlighters.get(language) ?? loadHighlighter(language);
  highlighters.set(language, loading);
  const run = await loading;
  if (!run) return;
  const from = { ...HIGHLIGHT_START, state: states.get(block) ?? HIGHLIGHT_START.state };
  const { lines, state } = run(text, from, Number.POSITIVE_INFINITY);
  states.set(block, state);
  postMessage({ block, lines } satisfies HighlightAnswer);
}
