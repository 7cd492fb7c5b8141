"use client";

import { useId } from "react";
import { type DialogProps, Modal, ModalHead } from "./dialog";

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
      <ModalHead
        {...{ id, title, description }}
        className="shrink-0 border-b px-5 py-3.5"
        onClose={() => modal.onOpenChange(false)}
      />
      <div className="min-h-0 flex-1 overflow-y-auto px-5 py-4">{children}</div>
    </Modal>
  );
}
