"use client";

import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { clientErrorOf } from "@/client/errors";
import { useTRPC } from "@/client/trpc";
import { RetentionHold } from "@/lib/contracts/retention";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { ErrorNote } from "../../ui/error-note";
import { Field } from "../../ui/field";
import { Input } from "../../ui/input";
import { toast } from "../../ui/toast";
import { idIn } from "./hold-target";
import { useUpdateRetention } from "./use-retention";

type TargetType = RetentionHold["targetType"];

const TARGETS = {
  session: {
    label: "A session",
    field: "Session",
    hint: "Its id, or the address of its page.",
    wrong: "Paste the id of a session, or the address of its page.",
  },
  person: {
    label: "A person",
    field: "Person",
    hint: "Their GitHub login, or their id. All their sessions are kept.",
    wrong: "Nobody with this login has signed in here.",
  },
} as const;
const TARGET_TYPES = RetentionHold.shape.targetType.options;

/** Asks what to keep, and why. */
export function HoldDialog({ onClose }: { onClose(): void }) {
  const personId = usePersonId();
  const update = useUpdateRetention();
  const [targetType, setTargetType] = useState<TargetType>("session");
  const [target, setTarget] = useState("");
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const id = useId();
  const words = TARGETS[targetType];

  const hold = async () => {
    setBusy(true);
    setError(null);
    try {
      const targetId = idIn(target) ?? (targetType === "person" ? await personId(target) : null);
      const parsed = RetentionHold.safeParse({ targetType, targetId, reason });
      if (targetId === null) return setError(words.wrong);
      if (!parsed.success) return setError(parsed.error.issues[0]?.message ?? "Say why it is held.");
      await update.mutateAsync({ hold: parsed.data });
      toast("Hold set");
      onClose();
    } catch (caught) {
      setError(clientErrorOf(caught).message);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Keep from clean-up"
      description="No rule deletes what is on hold, until somebody lifts it."
    >
      <form
        className="space-y-4"
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          void hold();
        }}
      >
        <fieldset className="flex gap-5 text-[0.8125rem]">
          <legend className="sr-only">What</legend>
          {TARGET_TYPES.map((type) => (
            <label key={type} className="flex items-center gap-2">
              <input
                type="radio"
                name="target-type"
                className="size-4 accent-accent"
                checked={targetType === type}
                onChange={() => {
                  setTargetType(type);
                  setError(null);
                }}
              />
              {TARGETS[type].label}
            </label>
          ))}
        </fieldset>
        <Field id={`${id}-target`} label={words.field} hint={words.hint}>
          <Input
            id={`${id}-target`}
            aria-describedby={`${id}-target-hint`}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            required
            value={target}
            onChange={(event) => setTarget(event.target.value)}
          />
        </Field>
        <Field
          id={`${id}-reason`}
          label="Reason"
          hint="Everybody with these pages sees it; it is in the audit log too."
        >
          <Input
            id={`${id}-reason`}
            aria-describedby={`${id}-reason-hint`}
            maxLength={500}
            required
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        </Field>
        <ErrorNote>{error}</ErrorNote>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={busy}>
            Set hold
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Finds the id of the person with exactly this login; null where there is none. */
function usePersonId(): (login: string) => Promise<string | null> {
  const trpc = useTRPC();
  const queries = useQueryClient();
  return async (text) => {
    const login = text.trim().replace(/^@/, "").toLowerCase();
    if (login === "") return null;
    const { items } = await queries.fetchQuery(
      trpc.admin.people.list.queryOptions({ query: login, sort: "login", limit: 100 }),
    );
    return items.find((person) => person.login.toLowerCase() === login)?.id ?? null;
  };
}
