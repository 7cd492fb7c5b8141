"use client";

import { type FormEvent, useId, useState } from "react";
import { clientErrorOf } from "@/client/errors";
import { type Provider, ProviderKind, WIRE_APIS } from "@/lib/contracts/providers";
import { Button } from "../../ui/button";
import { ErrorNote } from "../../ui/error-note";
import { Field } from "../../ui/field";
import { Input } from "../../ui/input";
import { Select } from "../../ui/select";
import { SidePanel } from "../../ui/side-panel";
import { toast } from "../../ui/toast";
import { ModelFields } from "./model-fields";
import {
  ADDRESSES,
  draftOf,
  emptyDraft,
  KIND_LABELS,
  type ProviderDraft,
  readChange,
  readNew,
  WIRE_LABELS,
  withKind,
} from "./provider-draft";
import { SecretFields } from "./secret-fields";
import { useProviderActs, type Whose } from "./use-providers";

type ProviderPanelProps = {
  /** The one to change; null: a new one. */
  provider: Provider | null;
  whose: Whose;
  onClose(): void;
  onAdded(provider: Provider): void;
  onRemove(provider: Provider): void;
};

const KINDS = ProviderKind.options.map((value) => ({ value, label: KIND_LABELS[value] }));

/** The form of a provider. */
export function ProviderPanel({ provider, whose, onClose, onAdded, onRemove }: ProviderPanelProps) {
  const [draft, setDraft] = useState(() => (provider ? draftOf(provider) : emptyDraft()));
  const [wrong, setWrong] = useState<string | null>(null);
  const { create, update } = useProviderActs(whose);
  const change = (part: Partial<ProviderDraft>) => setDraft((before) => ({ ...before, ...part }));

  const save = (event: FormEvent) => {
    event.preventDefault();
    const problem = provider ? saveChange(provider) : saveNew();
    setWrong(problem);
  };
  function saveNew(): string | null {
    const read = readNew(draft);
    if (!read.ok) return read.problem;
    create.mutate(read.input, {
      onSuccess: (added) => {
        onClose();
        onAdded(added);
      },
    });
    return null;
  }
  function saveChange(before: Provider): string | null {
    const read = readChange(draft, before);
    if (!read.ok) return read.problem;
    update.mutate(read.input, {
      onSuccess: ({ name }) => {
        toast(`${name} saved`);
        onClose();
      },
    });
    return null;
  }
  const failure = provider ? update.error : create.error;
  const error = wrong ?? (failure && clientErrorOf(failure).message);

  return (
    <SidePanel
      open
      onOpenChange={onClose}
      title={provider ? provider.name : "Add a provider"}
      description={provider ? KIND_LABELS[provider.kind] : "A model endpoint, and its models to pick from."}
    >
      <form onSubmit={save} className="space-y-5">
        <EndpointFields draft={draft} onChange={change} onDraft={setDraft} />
        <SecretFields provider={provider} draft={draft} onChange={change} />
        <ModelFields models={draft.models} onChange={(models) => change({ models })} />
        {provider && (
          <label className="flex items-center gap-2.5 text-[0.8125rem]">
            <input
              type="checkbox"
              className="size-4 accent-accent"
              checked={!draft.disabled}
              onChange={({ target }) => change({ disabled: !target.checked })}
            />
            Switched on: its models can be picked
          </label>
        )}
        <ErrorNote>{error}</ErrorNote>
        <div className="flex flex-wrap justify-end gap-2">
          {provider && (
            <Button className="mr-auto text-danger!" onClick={() => onRemove(provider)}>
              Remove
            </Button>
          )}
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={create.isPending || update.isPending}>
            {provider ? "Save" : "Add provider"}
          </Button>
        </div>
      </form>
    </SidePanel>
  );
}

type EndpointFieldsProps = {
  draft: ProviderDraft;
  onChange(part: Partial<ProviderDraft>): void;
  onDraft(draft: ProviderDraft): void;
};

function EndpointFields({ draft, onChange, onDraft }: EndpointFieldsProps) {
  const id = useId();
  const wires = WIRE_APIS[draft.kind].map((value) => ({ value, label: WIRE_LABELS[value] }));
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field id={`${id}-kind`} label="Kind">
          <Select
            id={`${id}-kind`}
            className="w-full"
            value={draft.kind}
            options={KINDS}
            onChange={(kind) => onDraft(withKind(draft, kind))}
          />
        </Field>
        <Field id={`${id}-name`} label="Name">
          <Input
            id={`${id}-name`}
            autoComplete="off"
            required
            value={draft.name}
            onChange={({ target }) => onChange({ name: target.value })}
          />
        </Field>
      </div>
      <Field
        id={`${id}-url`}
        label="Address"
        hint="https on a public address, without the part that asks for an answer. Others must have been opened by the operator (ALLOWED_EGRESS)."
      >
        <Input
          id={`${id}-url`}
          aria-describedby={`${id}-url-hint`}
          inputMode="url"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          required
          placeholder={ADDRESSES[draft.kind].example}
          value={draft.baseUrl}
          onChange={({ target }) => onChange({ baseUrl: target.value })}
        />
      </Field>
      {wires.length > 1 && (
        <Field id={`${id}-wire`} label="Wire format">
          <Select
            id={`${id}-wire`}
            className="w-full"
            value={draft.wireApi}
            options={wires}
            onChange={(wireApi) => onChange({ wireApi })}
          />
        </Field>
      )}
      {draft.kind === "azure" && (
        <Field
          id={`${id}-version`}
          label="API version"
          optional
          hint="As in 2024-10-21; empty for the v1 interface, which has none."
        >
          <Input
            id={`${id}-version`}
            aria-describedby={`${id}-version-hint`}
            autoComplete="off"
            value={draft.azureApiVersion}
            onChange={({ target }) => onChange({ azureApiVersion: target.value })}
          />
        </Field>
      )}
    </>
  );
}
