"use client";

import { X } from "lucide-react";
import { useId } from "react";
import { type DialogProps, Modal } from "./dialog";
import { IconButton } from "./icon-button";

/** A panel at the right edge with what there is to know about one thing of the page. */
export function SidePanel({ title, description, children, ...modal }: DialogProps) {
  const id = useId();
  return (
    <Modal
      {...modal}
      labelledBy={id}
      describedBy={description ? `${id}-text` : undefined}
      className="ml-auto h-dvh max-h-none w-[min(34rem,100vw)] max-w-none flex-col border-l bg-background shadow-pop open:flex open:animate-in open:duration-200 open:slide-in-from-right"
    >
      <div className="flex shrink-0 items-start justify-between gap-4 border-b px-5 py-3.5">
        <div className="min-w-0">
          <h2 id={id} className="text-base font-semibold tracking-tight break-words">
            {title}
          </h2>
          {description && (
            <div id={`${id}-text`} className="mt-0.5 text-[0.8125rem] text-muted-foreground">
              {description}
            </div>
          )}
        </div>
        <IconButton label="Close" className="-mr-1" onClick={() => modal.onOpenChange(false)}>
          <X />
        </IconButton>
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto px-5 py-4">{children}</div>
    </Modal>
  );
}
