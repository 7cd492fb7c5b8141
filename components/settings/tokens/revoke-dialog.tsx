"use client";

import { clientErrorOf } from "@/client/errors";
import type { TokenRow } from "@/lib/contracts/tokens";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { ErrorNote } from "../../ui/error-note";
import { toast } from "../../ui/toast";
import { useRevokeToken } from "./use-tokens";

/** Asks before a token ends. */
export function RevokeDialog({ token, onClose }: { token: TokenRow; onClose(): void }) {
  const revoke = useRevokeToken();
  const confirm = () =>
    revoke.mutate(
      { id: token.id },
      {
        onSuccess: () => {
          toast(`${token.name} revoked`);
          onClose();
        },
      },
    );
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Revoke this token?"
      description={
        <>
          Programs that use <span className="font-medium break-words text-foreground">{token.name}</span> are
          refused at once, and what they follow live ends. That cannot be undone.
        </>
      }
    >
      <ErrorNote className="mb-4">{revoke.error && clientErrorOf(revoke.error).message}</ErrorNote>
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button variant="danger" disabled={revoke.isPending} onClick={confirm}>
          Revoke token
        </Button>
      </div>
    </Dialog>
  );
}
