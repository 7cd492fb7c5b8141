"use client";

import { ChevronLeft, ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { IconButton } from "./icon-button";

/** The line below a list: what of it is shown, and the ways to the pages around. */
export function Pager({
  children,
  onPrevious,
  onNext,
}: {
  children: ReactNode;
  onPrevious: (() => void) | null;
  onNext: (() => void) | null;
}) {
  return (
    <div className="flex h-11 shrink-0 items-center justify-between gap-3 border-t px-4 text-[0.8125rem] text-muted-foreground md:px-6">
      <p className="tabular-nums" aria-live="polite">
        {children}
      </p>
      <div className="flex gap-1">
        <IconButton label="Previous page" disabled={!onPrevious} onClick={() => onPrevious?.()}>
          <ChevronLeft />
        </IconButton>
        <IconButton label="Next page" disabled={!onNext} onClick={() => onNext?.()}>
          <ChevronRight />
        </IconButton>
      </div>
    </div>
  );
}
