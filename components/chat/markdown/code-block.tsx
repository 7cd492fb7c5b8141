"use client";

import { memo, useRef } from "react";
import { CopyButton } from "../../ui/copy-button";
import type { StyledToken } from "./highlighter";
import { languageName } from "./languages";
import { useHighlightedLines } from "./use-highlighted-lines";
import { useNearViewport } from "./use-near-viewport";

/** `open`: the block is still arriving. */
export function CodeBlock({ code, language, open }: { code: string; language: string; open: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  const near = useNearViewport(box);
  const styled = useHighlightedLines(code, near ? language : null, open);
  const lines = code.split("\n");
  return (
    <div ref={box} className="overflow-hidden rounded-xl border bg-sidebar">
      <div className="flex h-9 items-center justify-between border-b pr-1 pl-4 text-xs text-muted-foreground">
        <span>{languageName(language)}</span>
        <CopyButton text={() => code} label="Copy code" size="icon-sm" />
      </div>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: code wider than the page scrolls, also by keyboard
        tabIndex={0}
        className="overflow-x-auto px-4 py-3.5 text-[0.8438rem] leading-[1.6] outline-offset-[-2px]"
      >
        <code data-language={language || undefined} className="block w-max min-w-full font-mono">
          {lines.map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines of a text that only grows
            <Line key={index} text={line} tokens={styled[index]} last={index === lines.length - 1} />
          ))}
        </code>
      </pre>
    </div>
  );
}

type LineProps = { text: string; tokens: readonly StyledToken[] | undefined; last: boolean };

const Line = memo(function Line({ text, tokens, last }: LineProps) {
  return (
    <>
      {tokens
        ? tokens.map((token) => (
            <span key={token.offset} style={token.color ? { color: token.color } : undefined}>
              {token.text}
            </span>
          ))
        : text}
      {!last && "\n"}
    </>
  );
});
