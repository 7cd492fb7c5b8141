"use client";

import { X } from "lucide-react";
import type { ReactNode } from "react";
import { IconButton } from "../ui/icon-button";
import type { Selection } from "../ui/use-selection";

/** What can be done to the chosen rows; shown above the end of the list while there are any. */
export function BulkBar({ selection, children }: { selection: Selection; children: ReactNode }) {
  if (selection.ids.length === 0) return null;
  return (
    <div className="pointer-events-none sticky bottom-0 z-10 mt-auto flex justify-center px-3 pb-3">
      <div
        role="toolbar"
        aria-label="What to do with the selected rows"
        className="pointer-events-auto flex max-w-full flex-wrap items-center gap-1.5 rounded-xl border bg-raised py-1.5 pr-1.5 pl-3 shadow-pop"
      >
        <span className="mr-1.5 text-[0.8125rem] font-medium tabular-nums">
          {selection.ids.length} selected
        </span>
        {children}
        <IconButton label="Clear selection" size="icon" onClick={selection.clear}>
          <X />
        </IconButton>
      </div>
    </div>
  );
}
