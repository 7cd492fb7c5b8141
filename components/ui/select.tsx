import { ChevronDown } from "lucide-react";
import type { ComponentProps } from "react";
import { cn } from "./cn";

type SelectProps<Value extends string> = Omit<ComponentProps<"select">, "value" | "onChange"> & {
  value: Value;
  options: readonly { value: Value; label: string }[];
  onChange(value: Value): void;
};

/** One of a few, by the browser's own list, which every keyboard and phone knows. */
export function Select<Value extends string>({
  value,
  options,
  onChange,
  className,
  ...props
}: SelectProps<Value>) {
  return (
    <span className={cn("relative inline-flex", className)}>
      <select
        className="h-8 w-full min-w-0 appearance-none truncate rounded-lg border border-border-strong bg-raised pr-7 pl-2.5 text-[0.8125rem] focus-visible:outline-offset-0 disabled:opacity-60 max-md:h-9 max-md:text-base"
        value={value}
        onChange={(event) => {
          const chosen = options.find((option) => option.value === event.target.value);
          if (chosen) onChange(chosen.value);
        }}
        {...props}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <ChevronDown
        aria-hidden
        className="pointer-events-none absolute top-1/2 right-2 size-3.5 -translate-y-1/2 text-muted-foreground"
      />
    </span>
  );
}
