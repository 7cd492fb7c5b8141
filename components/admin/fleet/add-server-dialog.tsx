"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { clientErrorOf } from "@/client/errors";
import { useTRPC } from "@/client/trpc";
import { AddServerInput } from "@/lib/contracts/fleet";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { ErrorNote } from "../../ui/error-note";
import { Field } from "../../ui/field";
import { Input } from "../../ui/input";
import { toast } from "../../ui/toast";
import { Warning } from "../../ui/warning";

type AddServerDialogProps = {
  /** The server that is to come back; null: a new one, whose address is asked for. */
  back: string | null;
  onClose(): void;
  onDone(): void;
};

/** Asks for a server's address and token, says what it will get, and takes it into the fleet. */
export function AddServerDialog({ back, onClose, onDone }: AddServerDialogProps) {
  const trpc = useTRPC();
  const add = useMutation(trpc.admin.fleet.add.mutationOptions());
  const [address, setAddress] = useState(back ?? "");
  const [token, setToken] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const id = useId();

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const parsed = AddServerInput.safeParse({ address, ...(token.trim() && { token }) });
    if (!parsed.success) return setWrong(parsed.error.issues[0]?.message ?? "Write host:port.");
    setWrong(null);
    add.mutate(parsed.data, {
      onSuccess: (server) => {
        toast(`${server.id} ${back ? "is back" : "added"}. It takes answers as soon as it is ready.`);
        onDone();
        onClose();
      },
    });
  };
  const error = wrong ?? (add.error && clientErrorOf(add.error).message);

  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={back ? `Bring ${back} back?` : "Add a server"}
      description={
        back
          ? "It gets new answers again as soon as it is ready."
          : "A headless Copilot CLI server that runs already, or soon will. It need not answer yet."
      }
    >
      <form onSubmit={submit} className="space-y-4">
        {!back && (
          <Field id={`${id}-address`} label="Address" hint="Host and port, as in cli-2.internal:4141.">
            <Input
              id={`${id}-address`}
              aria-describedby={`${id}-address-hint`}
              aria-invalid={wrong !== null}
              placeholder="cli-2.internal:4141"
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              required
              value={address}
              onChange={(event) => setAddress(event.target.value)}
            />
          </Field>
        )}
        <Field
          id={`${id}-token`}
          label="Connection token"
          optional
          hint="Its COPILOT_CONNECTION_TOKEN, where that is not the one in Flightdeck's settings. It is stored encrypted, and never shown again."
        >
          <Input
            id={`${id}-token`}
            aria-describedby={`${id}-token-hint`}
            type="password"
            autoComplete="off"
            maxLength={1_000}
            value={token}
            onChange={(event) => setToken(event.target.value)}
          />
        </Field>
        <Warning>
          This host gets people's GitHub tokens: Flightdeck sends each person's own to the server on which
          their session runs. Name only a host that you trust with them, on a network that you trust.
        </Warning>
        <ErrorNote>{error}</ErrorNote>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={add.isPending}>
            {back ? "Bring back" : "Add server"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
