import type { HighlightAnswer, HighlightRequest } from "./highlight-worker";
import type { StyledToken } from "./highlighter";

type Lines = readonly (readonly StyledToken[])[];

/** The colours of one growing block of code. */
export type HighlightedBlock = {
  /** Hands over whole lines that follow those handed over before; their colours come through `onLines`. */
  more(text: string): void;
  drop(): void;
};

let worker: Worker | null = null;
let blocks = 0;
const listeners = new Map<number, (lines: Lines) => void>();

/** Starts highlighting a block. The work is done in a worker: reading a grammar for the first time takes long
 *  enough to be felt. Where there is no worker, the block stays plain. */
export function openHighlightedBlock(language: string, onLines: (lines: Lines) => void): HighlightedBlock {
  const block = ++blocks;
  listeners.set(block, onLines);
  return {
    more: (text) => send({ kind: "more", block, language, text }),
    drop() {
      listeners.delete(block);
      send({ kind: "drop", block });
    },
  };
}

function send(request: HighlightRequest): void {
  worker ??= startWorker();
  worker?.postMessage(request);
}

function startWorker(): Worker | null {
  try {
    const started = new Worker(new URL("./highlight-worker.ts", import.meta.url), { type: "module" });
    started.addEventListener("message", ({ data }: MessageEvent<HighlightAnswer>) => {
      listeners.get(data.block)?.(data.lines);
    });
    return started;
  } catch {
    return null;
  }
}
