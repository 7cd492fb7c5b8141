"use client";

import { CopyButton } from "../ui/copy-button";

/** Something to paste into a terminal. */
export function Sample({ text, label }: { text: string; label: string }) {
  return (
    <div className="relative rounded-xl border bg-sidebar">
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what is wider than the page scrolls, also by keyboard
        tabIndex={0}
        className="overflow-x-auto py-3 pr-12 pl-4 text-[0.8125rem] leading-relaxed outline-offset-[-2px]"
      >
        <code className="block w-max font-mono">{text}</code>
      </pre>
      <div className="absolute top-1.5 right-1.5">
        <CopyButton text={() => text} label={label} size="icon-sm" />
      </div>
    </div>
  );
}
