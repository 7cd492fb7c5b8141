"use client";

import { ChevronDown, X } from "lucide-react";
import { Button } from "./button";
import { cn } from "./cn";
import { Menu } from "./menu";

type FilterMenuProps<Value extends string> = {
  label: string;
  value: Value | null;
  options: readonly { value: Value; label: string }[];
  onChange(value: Value | null): void;
};

/** One condition of a list: a button that shows what is chosen, and a menu to choose from. */
export function FilterMenu<Value extends string>({
  label,
  value,
  options,
  onChange,
}: FilterMenuProps<Value>) {
  const chosen = options.find((option) => option.value === value);
  return (
    <span className="inline-flex shrink-0">
      <Menu
        trigger={
          <Button size="sm" className={cn(chosen ? "rounded-r-none! border-r-0!" : "text-muted-foreground!")}>
            {chosen ? (
              <span>
                <span className="text-muted-foreground">{label}: </span>
                {chosen.label}
              </span>
            ) : (
              label
            )}
            <ChevronDown aria-hidden className="size-3.5 text-muted-foreground" />
          </Button>
        }
        entries={options.map((option) => ({
          kind: "pick" as const,
          label: option.label,
          icon: null,
          chosen: option.value === value,
          onSelect: () => onChange(option.value === value ? null : option.value),
        }))}
      />
      {chosen && (
        <Button
          size="sm"
          aria-label={`Any ${label.toLowerCase()}`}
          className="rounded-l-none! px-1.5!"
          onClick={() => onChange(null)}
        >
          <X className="size-3.5 text-muted-foreground" />
        </Button>
      )}
    </span>
  );
}
