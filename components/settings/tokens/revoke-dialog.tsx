"use client";

import { clientErrorOf } from "@/client/errors";
import type { TokenRow } from "@/lib/contracts/tokens";
import { DangerDialog } from "../../ui/danger-dialog";
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
    <DangerDialog
      title="Revoke this token?"
      description={
        <>
          Programs that use <span className="font-medium break-words text-foreground">{token.name}</span> are
          refused at once, and what they follow live ends. That cannot be undone.
        </>
      }
      act="Revoke token"
      busy={revoke.isPending}
      error={revoke.error && clientErrorOf(revoke.error).message}
      onClose={onClose}
      onConfirm={confirm}
    />
  );
}
