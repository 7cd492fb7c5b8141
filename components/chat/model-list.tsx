"use client";

import { Check } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useId, useMemo, useRef, useState } from "react";
import type { Model } from "@/lib/contracts/models";
import { Badge } from "../ui/badge";
import { cn } from "../ui/cn";
import { groupsOf, wordsOf } from "./model-groups";

/** Shorter lists need no search field. */
const SEARCH_FROM_MODELS = 7;

type ModelListProps = {
  models: Model[];
  defaultModel: string | null;
  chosen: string | null;
  onPick(modelId: string): void;
};

/** A list box driven by one field: type to narrow, arrows to move, Enter to pick. */
export function ModelList({ models, defaultModel, chosen, onPick }: ModelListProps) {
  const [query, setQuery] = useState("");
  const [active, setActive] = useState(() =>
    Math.max(
      0,
      models.findIndex((model) => model.id === chosen),
    ),
  );
  const listId = useId();
  const list = useRef<HTMLDivElement>(null);
  const matches = useMemo(() => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    return models.filter((model) => words.every((word) => wordsOf(model).includes(word)));
  }, [models, query]);
  const groups = useMemo(() => groupsOf(matches), [matches]);

  const move = (to: number) => {
    const index = Math.min(Math.max(to, 0), matches.length - 1);
    setActive(index);
    list.current?.querySelector(`[data-index="${index}"]`)?.scrollIntoView({ block: "nearest" });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const steps: Record<string, number> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + 8,
      PageUp: active - 8,
    };
    const to = steps[event.key];
    const picked = matches[active];
    if (to !== undefined) move(to);
    else if (event.key === "Enter" && picked) onPick(picked.id);
    else return;
    event.preventDefault();
  };
  const searchable = models.length >= SEARCH_FROM_MODELS;

  return (
    <>
      <input
        role="combobox"
        aria-label="Find a model"
        aria-expanded="true"
        aria-controls={listId}
        aria-activedescendant={matches[active] ? `${listId}-${active}` : undefined}
        autoComplete="off"
        value={query}
        readOnly={!searchable}
        placeholder="Find a model"
        onChange={(event) => {
          setQuery(event.target.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
        className={cn(
          "h-9 w-full bg-transparent px-2.5 text-sm outline-none placeholder:text-muted-foreground max-md:text-base",
          !searchable && "sr-only",
        )}
      />
      <div
        ref={list}
        id={listId}
        role="listbox"
        aria-label="Models"
        className={cn("max-h-72 overflow-y-auto", searchable && "border-t pt-1")}
      >
        {groups.map(({ label, options }) => (
          <Group key={label} label={groups.length > 1 ? label : null}>
            {options.map(({ model, index }) => (
              <div
                key={model.id}
                id={`${listId}-${index}`}
                data-index={index}
                role="option"
                tabIndex={-1}
                aria-selected={model.id === chosen}
                onPointerMove={() => setActive(index)}
                onClick={() => onPick(model.id)}
                onKeyDown={onKeyDown}
                className={cn(
                  "flex min-h-9 cursor-pointer items-center gap-2 rounded-md px-2.5 py-1.5 text-sm max-md:min-h-11",
                  index === active && "bg-hover",
                )}
              >
                <span className="min-w-0 truncate">{model.name}</span>
                {model.id === defaultModel && <span className="text-xs text-muted-foreground">default</span>}
                {model.provider && (
                  <span className="min-w-0 truncate text-xs text-muted-foreground">
                    {model.provider.name}
                  </span>
                )}
                <span className="ml-auto flex items-center gap-2">
                  {model.multiplier !== null && (
                    <Badge title={multiplierTitle(model.multiplier)}>{`${model.multiplier}×`}</Badge>
                  )}
                  <Check className={cn("size-4 text-accent", model.id !== chosen && "invisible")} />
                </span>
              </div>
            ))}
          </Group>
        ))}
      </div>
      {matches.length === 0 && (
        <p className="px-2.5 py-3 text-sm text-muted-foreground">No model with that name.</p>
      )}
    </>
  );
}

/** The models of one source under its name; without one where there is no other. */
function Group({ label, children }: { label: string | null; children: ReactNode }) {
  const id = useId();
  if (label === null) return children;
  return (
    // biome-ignore lint/a11y/useSemanticElements: the options of a list box are no fields of a form
    <div role="group" aria-labelledby={id}>
      <div id={id} className="px-2.5 pt-2 pb-1 text-xs text-muted-foreground">
        {label}
      </div>
      {children}
    </div>
  );
}

function multiplierTitle(multiplier: number): string {
  if (multiplier === 0) return "Included: uses no premium requests";
  return `Each prompt counts as ${multiplier} premium request${multiplier === 1 ? "" : "s"}`;
}
