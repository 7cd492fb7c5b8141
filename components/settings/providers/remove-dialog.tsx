"use client";

import { clientErrorOf } from "@/client/errors";
import type { Provider } from "@/lib/contracts/providers";
import { DangerDialog } from "../../ui/danger-dialog";
import { toast } from "../../ui/toast";
import { useProviderActs, type Whose } from "./use-providers";

type RemoveDialogProps = {
  provider: Provider;
  whose: Whose;
  onClose(): void;
  onRemoved(): void;
};

/** Asks before a provider goes, with its key. */
export function RemoveDialog({ provider, whose, onClose, onRemoved }: RemoveDialogProps) {
  const { remove } = useProviderActs(whose);
  const confirm = () =>
    remove.mutate(
      { providerId: provider.id },
      {
        onSuccess: () => {
          toast(`${provider.name} removed`);
          onClose();
          onRemoved();
        },
      },
    );
  return (
    <DangerDialog
      title="Remove this provider?"
      description={
        <>
          The key of <span className="font-medium break-words text-foreground">{provider.name}</span> is
          forgotten. Sessions on its models stay, and go on with another model. To only stop its use for a
          while, switch it off.
        </>
      }
      act="Remove"
      busy={remove.isPending}
      error={remove.error && clientErrorOf(remove.error).message}
      onClose={onClose}
      onConfirm={confirm}
    />
  );
}
