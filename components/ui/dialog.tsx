"use client";

import { X } from "lucide-react";
import { type MouseEvent, type ReactNode, useEffect, useId, useRef } from "react";
import { cn } from "./cn";
import { IconButton } from "./icon-button";

export type DialogProps = {
  open: boolean;
  onOpenChange(open: boolean): void;
  title: string;
  description?: ReactNode;
  children: ReactNode;
};

/** A modal dialog in the middle of the page. Focus goes in, stays in, and returns to where it was. */
export function Dialog({ title, description, children, ...modal }: DialogProps) {
  const id = useId();
  return (
    <Modal
      {...modal}
      labelledBy={id}
      describedBy={description ? `${id}-text` : undefined}
      className="m-auto w-[calc(100vw-2rem)] max-w-md rounded-2xl border bg-raised p-5 shadow-pop open:animate-in open:fade-in-0 open:zoom-in-97"
    >
      <ModalHead {...{ id, title, description }} className="mb-4" onClose={() => modal.onOpenChange(false)} />
      {children}
    </Modal>
  );
}

/** A panel that slides in from the left, for navigation on narrow screens. */
export function Drawer({ title, children, ...modal }: DialogProps) {
  const id = useId();
  return (
    <Modal
      {...modal}
      labelledBy={id}
      className="h-dvh max-h-none w-[min(20rem,86vw)] flex-col border-r bg-sidebar shadow-pop open:flex open:animate-in open:duration-200 open:slide-in-from-left"
    >
      <h2 id={id} className="sr-only">
        {title}
      </h2>
      {children}
    </Modal>
  );
}

type ModalHeadProps = {
  /** Of the heading; the description's is this with `-text` behind it. */
  id: string;
  title: string;
  description?: ReactNode;
  className?: string;
  onClose(): void;
};

/** What a modal is about, and its button to close it. */
export function ModalHead({ id, title, description, className, onClose }: ModalHeadProps) {
  return (
    <div className={cn("flex items-start justify-between gap-4", className)}>
      <div className="min-w-0">
        <h2 id={id} className="text-base font-semibold tracking-tight break-words">
          {title}
        </h2>
        {description && (
          <div id={`${id}-text`} className="mt-1 text-[0.8125rem] text-muted-foreground">
            {description}
          </div>
        )}
      </div>
      <IconButton label="Close" className="-mt-1 -mr-1" onClick={onClose}>
        <X />
      </IconButton>
    </div>
  );
}

type ModalProps = {
  open: boolean;
  onOpenChange(open: boolean): void;
  labelledBy: string;
  describedBy?: string;
  className: string;
  children: ReactNode;
};

/** The browser's own modal: it keeps the rest of the page out of reach. */
export function Modal({ open, onOpenChange, labelledBy, describedBy, className, children }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    if (!open || !element) return;
    const opener = document.activeElement;
    element.showModal();
    return () => {
      element.close();
      // The browser gives focus back by itself only while the dialog is still in the page.
      const lost = document.activeElement === null || document.activeElement === document.body;
      if (lost && opener instanceof HTMLElement) opener.focus();
    };
  }, [open]);

  if (!open) return null;
  const onClick = (event: MouseEvent) => {
    // A click on the backdrop is a click on the dialog itself, outside its box.
    if (event.target !== dialog.current) return;
    const box = dialog.current.getBoundingClientRect();
    const inside =
      event.clientX >= box.left &&
      event.clientX <= box.right &&
      event.clientY >= box.top &&
      event.clientY <= box.bottom;
    if (!inside) onOpenChange(false);
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape, which `onCancel` hears, is the backdrop's key
    <dialog
      ref={dialog}
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
      onClick={onClick}
      onCancel={(event) => {
        if (event.target !== dialog.current) return;
        event.preventDefault();
        onOpenChange(false);
      }}
      className={cn("text-foreground backdrop:bg-black/40 backdrop:backdrop-blur-[1px]", className)}
    >
      {children}
    </dialog>
  );
}
