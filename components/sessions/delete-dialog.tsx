"use client";

import { useState } from "react";
import type { SessionSummary } from "@/lib/contracts/sessions";
import { DangerDialog } from "../ui/danger-dialog";

type DeleteDialogProps = {
  session: SessionSummary;
  onClose(): void;
  /** Answers whether it is gone; the dialog stays open where it is not. */
  onDelete(session: SessionSummary): Promise<boolean>;
};

/** Loaded when it is asked for. */
export default function DeleteDialog({ session, onClose, onDelete }: DeleteDialogProps) {
  const [busy, setBusy] = useState(false);
  const confirm = async () => {
    setBusy(true);
    const gone = await onDelete(session);
    setBusy(false);
    if (gone) onClose();
  };
  return (
    <DangerDialog
      title="Delete this session?"
      description={
        <>
          <span className="font-medium break-words text-foreground">{session.title}</span> and all its answers
          will be deleted for good. Archive it instead to keep it out of sight.
        </>
      }
      act="Delete"
      busy={busy}
      onClose={onClose}
      onConfirm={() => void confirm()}
    />
  );
}
