"use client";

import { lazy, memo, Suspense } from "react";

// Parser and highlighter are not part of the page: they come when the first answer is there to be shown.
const loadView = () => import("./markdown-view");
const MarkdownView = lazy(loadView);

/** Starts loading what `Markdown` needs, so it is there when the first words arrive. */
export function preloadMarkdown(): void {
  void loadView().catch(() => {});
}

/** Text of an answer as formatted Markdown; as it is while the formatter is still loading. `streaming`: more text
 *  is coming, so unfinished syntax at the end is completed for the eye. */
export const Markdown = memo(function Markdown({ text, streaming }: { text: string; streaming: boolean }) {
  return (
    <Suspense fallback={<div className="prose-answer whitespace-pre-wrap">{text}</div>}>
      <MarkdownView text={text} streaming={streaming} />
    </Suspense>
  );
});
