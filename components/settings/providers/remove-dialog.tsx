"use client";

import { clientErrorOf } from "@/client/errors";
import type { Provider } from "@/lib/contracts/providers";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { ErrorNote } from "../../ui/error-note";
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
    <Dialog
      open
      onOpenChange={onClose}
      title="Remove this provider?"
      description={
        <>
          The key of <span className="font-medium break-words text-foreground">{provider.name}</span> is
          forgotten. Sessions on its models stay, and go on with another model. To only stop its use for a
          while, switch it off.
        </>
      }
    >
      <ErrorNote className="mb-4">{remove.error && clientErrorOf(remove.error).message}</ErrorNote>
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button variant="danger" disabled={remove.isPending} onClick={confirm}>
          Remove
        </Button>
      </div>
    </Dialog>
  );
}
