"use client";

import { ChevronDown } from "lucide-react";
import { type ComponentProps, lazy, Suspense, useState } from "react";
import { useModels } from "@/client/hooks/use-models";
import { shownModel } from "@/lib/provider-model";
import { Button } from "../ui/button";
import type { ModelPickerProps } from "./model-picker-panel";

const loadPanel = () => import("./model-picker-panel");
const ModelPickerPanel = lazy(loadPanel);

/** The model's name as a button; the list behind it is loaded when it is first wanted. */
export function ModelPicker(props: ModelPickerProps) {
  const { value, open, onOpenChange } = props;
  const { data, isPending } = useModels();
  const [used, setUsed] = useState(false);
  if (open && !used) setUsed(true);

  const chosen = value ?? data?.defaultModel ?? null;
  const name = data?.models.find((model) => model.id === chosen)?.name ?? (chosen && shownModel(chosen));
  const label = name ?? (isPending ? "Loading models…" : data?.copilot ? "Pick a model" : "Default model");
  const trigger = (more: ComponentProps<"button">) => (
    <Button
      variant="ghost"
      size="sm"
      aria-label={`Model: ${label}`}
      aria-haspopup="dialog"
      className="min-w-0 shrink! gap-1.5!"
      {...more}
    >
      <span className="truncate">{label}</span>
      <ChevronDown className="size-3.5 opacity-70" />
    </Button>
  );
  const waiting = trigger({
    "aria-expanded": open,
    onPointerEnter: () => void loadPanel(),
    onFocus: () => void loadPanel(),
    onClick: () => onOpenChange(true),
  });

  if (!used) return waiting;
  return (
    <Suspense fallback={waiting}>
      <ModelPickerPanel {...props} chosen={chosen} trigger={trigger({})} />
    </Suspense>
  );
}
