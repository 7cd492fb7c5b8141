"use client";

import { Plus, X } from "lucide-react";
import { useId } from "react";
import type { Provider } from "@/lib/contracts/providers";
import { Button } from "../../ui/button";
import { Field } from "../../ui/field";
import { IconButton } from "../../ui/icon-button";
import { Input } from "../../ui/input";
import { Warning } from "../../ui/warning";
import { type DraftHeader, leadsElsewhere, newHeader, type ProviderDraft } from "./provider-draft";

type SecretFieldsProps = {
  provider: Provider | null;
  draft: ProviderDraft;
  onChange(part: Partial<ProviderDraft>): void;
};

/** The key and the headers. What is stored of them is never shown. */
export function SecretFields({ provider, draft, onChange }: SecretFieldsProps) {
  const id = useId();
  const hasKey = provider?.hasKey ?? false;
  const hasSecrets = hasKey || (provider?.headers.length ?? 0) > 0;
  return (
    <>
      <Field
        id={`${id}-key`}
        label="Key"
        optional
        hint={
          hasKey
            ? "One is stored. Leave this empty to keep it."
            : "Stored encrypted, and never shown again. Leave it empty where the endpoint asks for none."
        }
      >
        <Input
          id={`${id}-key`}
          aria-describedby={`${id}-key-hint`}
          type="password"
          autoComplete="off"
          disabled={draft.removesKey}
          placeholder={hasKey ? "••••••••••••" : ""}
          value={draft.key}
          onChange={({ target }) => onChange({ key: target.value })}
        />
      </Field>
      {hasKey && (
        <label className="flex items-center gap-2.5 text-[0.8125rem]">
          <input
            type="checkbox"
            className="size-4 accent-accent"
            checked={draft.removesKey}
            onChange={({ target }) => onChange({ removesKey: target.checked, key: "" })}
          />
          Remove the stored key
        </label>
      )}
      {provider && hasSecrets && leadsElsewhere(provider, draft.baseUrl) && (
        <Warning>
          The address is on another server now. What is stored is not sent there: give the key and the headers
          again, or remove them.
        </Warning>
      )}
      <HeaderFields headers={draft.headers} onChange={(headers) => onChange({ headers })} />
    </>
  );
}

type HeaderFieldsProps = { headers: DraftHeader[]; onChange(headers: DraftHeader[]): void };

function HeaderFields({ headers, onChange }: HeaderFieldsProps) {
  const change = (key: string, part: Partial<DraftHeader>) =>
    onChange(headers.map((header) => (header.key === key ? { ...header, ...part } : header)));
  return (
    <fieldset>
      <legend className="mb-1.5 text-[0.8125rem] font-medium">
        Headers <span className="font-normal text-muted-foreground">(optional)</span>
      </legend>
      <ul className="space-y-2">
        {headers.map(({ key, name, value, isStored }, index) => (
          <li key={key} className="flex items-center gap-2">
            <Input
              aria-label={`Name of header ${index + 1}`}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              readOnly={isStored}
              placeholder="x-name"
              value={name}
              onChange={({ target }) => change(key, { name: target.value })}
            />
            <Input
              aria-label={`Value of header ${index + 1}`}
              type="password"
              autoComplete="off"
              placeholder={isStored ? "Stored" : ""}
              value={value}
              onChange={({ target }) => change(key, { value: target.value })}
            />
            <IconButton
              label={`Remove header ${index + 1}`}
              onClick={() => onChange(headers.filter((header) => header.key !== key))}
            >
              <X />
            </IconButton>
          </li>
        ))}
      </ul>
      <Button size="sm" className="mt-2" onClick={() => onChange([...headers, newHeader()])}>
        <Plus aria-hidden className="size-4" />
        Add header
      </Button>
    </fieldset>
  );
}
