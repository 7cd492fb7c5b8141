"use client";

import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";

type DeleteScheduleDialogProps = { name: string; busy: boolean; onClose(): void; onConfirm(): void };

export function DeleteScheduleDialog({ name, busy, onClose, onConfirm }: DeleteScheduleDialogProps) {
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Delete this schedule?"
      description={`${name} runs no more, and its history is gone. Jobs that it has made stay.`}
    >
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Keep</Button>
        <Button variant="danger" disabled={busy} onClick={onConfirm}>
          Delete schedule
        </Button>
      </div>
    </Dialog>
  );
}
