"use client";

import { memo, type ReactNode, useState } from "react";
import { cn } from "../ui/cn";

/** Longer prompts are folded, in characters and in lines. */
const FOLD_FROM_CHARS = 1_800;
const FOLD_FROM_LINES = 18;

export const PromptBubble = memo(function PromptBubble({
  text,
  children,
}: {
  text: string;
  children?: ReactNode;
}) {
  const [open, setOpen] = useState(false);
  const long =
    text.length > FOLD_FROM_CHARS || text.split("\n", FOLD_FROM_LINES + 1).length > FOLD_FROM_LINES;
  return (
    <div className="group/prompt flex flex-col items-end pl-[12%] sm:pl-[20%]">
      <div className="max-w-full rounded-2xl rounded-br-md bg-muted px-4 py-2.5 leading-relaxed">
        <h2 className="sr-only">You asked</h2>
        <div
          className={cn(
            "break-words whitespace-pre-wrap",
            long && !open && "max-h-60 overflow-hidden mask-b-from-75%",
          )}
        >
          {text}
        </div>
        {long && (
          <button
            type="button"
            aria-expanded={open}
            className="mt-1.5 rounded text-sm font-medium text-accent hover:underline"
            onClick={() => setOpen(!open)}
          >
            {open ? "Show less" : "Show all"}
          </button>
        )}
      </div>
      {children}
    </div>
  );
});
