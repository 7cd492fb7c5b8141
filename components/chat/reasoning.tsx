"use client";

import { ChevronRight } from "lucide-react";
import { memo } from "react";
import type { ReasoningPart } from "@/client/events/transcript";
import { Lamp } from "../ui/lamp";

/** What the model thought before it answered, folded away. */
export const Reasoning = memo(function Reasoning({ part }: { part: ReasoningPart }) {
  return (
    <details className="group text-sm text-muted-foreground">
      <summary className="inline-flex list-none items-center gap-1.5 rounded-md py-0.5 pr-2 hover:text-foreground [&::-webkit-details-marker]:hidden">
        <ChevronRight aria-hidden className="size-3.5 transition-transform group-open:rotate-90" />
        {part.done ? "Reasoning" : "Thinking…"}
        {!part.done && <Lamp tone="accent" small blinking />}
      </summary>
      <div className="mt-1.5 ml-1.5 border-l pl-4 leading-relaxed break-words whitespace-pre-wrap">
        {part.text}
      </div>
    </details>
  );
});
