"use client";

import { type FormEvent, useId, useState } from "react";
import { clientErrorOf } from "@/client/errors";
import { SCOPES, type Scope } from "@/lib/contracts/scopes";
import { CreateTokenInput, type NewToken, TOKEN_NAME_CHARS_MAX } from "@/lib/contracts/tokens";
import { useShell } from "../../shell/shell-context";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { ErrorNote } from "../../ui/error-note";
import { Field } from "../../ui/field";
import { Input } from "../../ui/input";
import { Select } from "../../ui/select";
import { daysOf, LIFE_OPTIONS, type Life, nameFor, SCOPE_WORDS } from "./token-words";
import { useCreateToken } from "./use-tokens";

const SCOPES_FIRST: readonly Scope[] = ["sessions:read", "sessions:write"];
const LIFE_FIRST: Life = "90";

type NewTokenDialogProps = { onClose(): void; onCreated(token: NewToken): void };

/** Asks what a token is for and how long it lives; it is complete as it opens. */
export function NewTokenDialog({ onClose, onCreated }: NewTokenDialogProps) {
  const create = useCreateToken();
  const [name, setName] = useState(() => nameFor(new Date()));
  const [scopes, setScopes] = useState(SCOPES_FIRST);
  const [life, setLife] = useState<Life>(LIFE_FIRST);
  const [wrong, setWrong] = useState<string | null>(null);
  const id = useId();

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const parsed = CreateTokenInput.safeParse({ name, scopes, days: daysOf(life) });
    if (!parsed.success) return setWrong(parsed.error.issues[0]?.message ?? "Look at the fields again.");
    setWrong(null);
    create.mutate(parsed.data, {
      onSuccess: (token) => {
        onClose();
        onCreated(token);
      },
    });
  };
  const error = wrong ?? (create.error && clientErrorOf(create.error).message);

  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="New API token"
      description="A program that has it acts as you, for what you choose here."
    >
      <form onSubmit={submit} className="space-y-4">
        <Field id={`${id}-name`} label="Name" hint="What it is used for, so that you know it again.">
          <Input
            id={`${id}-name`}
            aria-describedby={`${id}-name-hint`}
            autoComplete="off"
            maxLength={TOKEN_NAME_CHARS_MAX}
            required
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </Field>
        <ScopeFields chosen={scopes} onChange={setScopes} />
        <Field id={`${id}-life`} label="Lives for">
          <Select<Life>
            id={`${id}-life`}
            className="w-full"
            value={life}
            options={LIFE_OPTIONS}
            onChange={setLife}
          />
        </Field>
        <ErrorNote>{error}</ErrorNote>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={create.isPending}>
            Create token
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

type ScopeFieldsProps = { chosen: readonly Scope[]; onChange(chosen: readonly Scope[]): void };

function ScopeFields({ chosen, onChange }: ScopeFieldsProps) {
  const id = useId();
  const { role } = useShell().me;
  const offered = SCOPES.filter((scope) => scope !== "admin" || role !== "user");
  return (
    <fieldset>
      <legend className="mb-1.5 text-[0.8125rem] font-medium">For</legend>
      <div className="space-y-2">
        {offered.map((scope) => (
          <div key={scope} className="flex gap-2.5">
            <input
              type="checkbox"
              id={`${id}-${scope}`}
              aria-describedby={`${id}-${scope}-words`}
              className="mt-0.5 size-4 shrink-0 accent-accent"
              checked={chosen.includes(scope)}
              onChange={({ target }) =>
                onChange(target.checked ? [...chosen, scope] : chosen.filter((each) => each !== scope))
              }
            />
            <div className="min-w-0 text-[0.8125rem] leading-snug">
              <label htmlFor={`${id}-${scope}`} className="font-mono text-xs">
                {scope}
              </label>
              <p id={`${id}-${scope}-words`} className="text-muted-foreground">
                {SCOPE_WORDS[scope]}
              </p>
            </div>
          </div>
        ))}
      </div>
    </fieldset>
  );
}
