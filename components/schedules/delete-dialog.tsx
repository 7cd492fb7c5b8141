import { DangerDialog } from "../ui/danger-dialog";

type DeleteScheduleDialogProps = { name: string; busy: boolean; onClose(): void; onConfirm(): void };

export function DeleteScheduleDialog({ name, ...asked }: DeleteScheduleDialogProps) {
  return (
    <DangerDialog
      {...asked}
      title="Delete this schedule?"
      description={`${name} runs no more, and its history is gone. Jobs that it has made stay.`}
      act="Delete schedule"
      keep="Keep"
    />
  );
}
