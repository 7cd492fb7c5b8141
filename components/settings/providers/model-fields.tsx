"use client";

import { Plus, X } from "lucide-react";
import { useId } from "react";
import { PROVIDER_MODELS_MAX } from "@/lib/contracts/providers";
import { Button } from "../../ui/button";
import { Field } from "../../ui/field";
import { IconButton } from "../../ui/icon-button";
import { Input } from "../../ui/input";
import { type DraftModel, newModel } from "./provider-draft";

type ModelFieldsProps = { models: DraftModel[]; onChange(models: DraftModel[]): void };

/** The models that can be picked, with their limits. */
export function ModelFields({ models, onChange }: ModelFieldsProps) {
  const change = (key: string, part: Partial<DraftModel>) =>
    onChange(models.map((model) => (model.key === key ? { ...model, ...part } : model)));
  return (
    <fieldset>
      <legend className="mb-1.5 text-[0.8125rem] font-medium">Models</legend>
      <ul className="space-y-3">
        {models.map((model, index) => (
          <ModelLine
            key={model.key}
            model={model}
            number={index + 1}
            onChange={(part) => change(model.key, part)}
            onRemove={
              models.length > 1 ? () => onChange(models.filter(({ key }) => key !== model.key)) : null
            }
          />
        ))}
      </ul>
      {models.length < PROVIDER_MODELS_MAX && (
        <Button size="sm" className="mt-2" onClick={() => onChange([...models, newModel()])}>
          <Plus aria-hidden className="size-4" />
          Add model
        </Button>
      )}
    </fieldset>
  );
}

type ModelLineProps = {
  model: DraftModel;
  number: number;
  onChange(part: Partial<DraftModel>): void;
  /** Null: it is the last one. */
  onRemove: (() => void) | null;
};

function ModelLine({ model, number, onChange, onRemove }: ModelLineProps) {
  const id = useId();
  return (
    <li className="space-y-3 rounded-lg border p-3">
      <div className="flex items-end gap-2">
        <div className="min-w-0 flex-1">
          <Field
            id={`${id}-id`}
            label={`Model ${number}`}
            hint="As the endpoint calls it; at Azure the deployment."
          >
            <Input
              id={`${id}-id`}
              aria-describedby={`${id}-id-hint`}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              required
              value={model.id}
              onChange={({ target }) => onChange({ id: target.value })}
            />
          </Field>
        </div>
        {onRemove && (
          <IconButton label={`Remove model ${number}`} className="mb-6" onClick={onRemove}>
            <X />
          </IconButton>
        )}
      </div>
      <div className="grid items-end gap-3 sm:grid-cols-3">
        <Field id={`${id}-name`} label="Shown as" optional>
          <Input
            id={`${id}-name`}
            autoComplete="off"
            value={model.name}
            onChange={({ target }) => onChange({ name: target.value })}
          />
        </Field>
        <Field id={`${id}-prompt`} label="Prompt tokens" optional>
          <Input
            id={`${id}-prompt`}
            inputMode="numeric"
            autoComplete="off"
            value={model.prompt}
            onChange={({ target }) => onChange({ prompt: target.value })}
          />
        </Field>
        <Field id={`${id}-output`} label="Output tokens" optional>
          <Input
            id={`${id}-output`}
            inputMode="numeric"
            autoComplete="off"
            value={model.output}
            onChange={({ target }) => onChange({ output: target.value })}
          />
        </Field>
      </div>
    </li>
  );
}
