"use client";

import { useId } from "react";
import { useModels } from "@/client/hooks/use-models";
import { shownModel } from "@/lib/provider-model";
import { Field } from "../ui/field";
import { Select } from "../ui/select";

/** Which model answers; an empty value: the default one. */
export function ModelField({ value, onChange }: { value: string; onChange(model: string): void }) {
  const { data } = useModels();
  const id = useId();
  const models = (data?.models ?? []).map(({ id: model, name, provider }) => ({
    value: model,
    label: provider ? `${name} (${provider.name})` : name,
  }));
  const isListed = value === "" || models.some((model) => model.value === value);
  return (
    <Field id={id} label="Model">
      <Select
        id={id}
        className="w-full"
        value={value}
        options={[
          { value: "", label: "Default model" },
          ...models,
          ...(isListed ? [] : [{ value, label: shownModel(value) }]),
        ]}
        onChange={onChange}
      />
    </Field>
  );
}
