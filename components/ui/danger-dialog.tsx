"use client";

import type { ReactNode } from "react";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { ErrorNote } from "./error-note";

type DangerDialogProps = {
  title: string;
  /** What it does, and what stays. */
  description: ReactNode;
  /** The word on the button that does it. */
  act: string;
  /** The word on the other one. */
  keep?: string;
  busy: boolean;
  /** Why it did not work. */
  error?: ReactNode;
  onClose(): void;
  onConfirm(): void;
};

/** Asks before something goes that does not come back. */
export function DangerDialog(props: DangerDialogProps) {
  const { title, description, act, keep = "Cancel", busy, error, onClose, onConfirm } = props;
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={title} description={description}>
      <ErrorNote className="mb-4">{error}</ErrorNote>
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{keep}</Button>
        <Button variant="danger" disabled={busy} onClick={onConfirm}>
          {act}
        </Button>
      </div>
    </Dialog>
  );
}
