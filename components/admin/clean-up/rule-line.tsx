import { Trash2 } from "lucide-react";
import { RETENTION_DAYS_MAX } from "@/lib/contracts/retention";
import { cn } from "../../ui/cn";
import { IconButton } from "../../ui/icon-button";
import { Input } from "../../ui/input";
import { Select } from "../../ui/select";
import { type DraftRule, KIND_OPTIONS, roleOf, WHOSE_OPTIONS, whoseOf } from "./rule-words";

type RuleLineProps = {
  rule: DraftRule;
  /** Counts from 1. */
  number: number;
  mayChange: boolean;
  onChange(change: Partial<DraftRule>): void;
  onRemove(): void;
};

/** One rule as a sentence whose words can be changed. */
export function RuleLine({ rule, number, mayChange, onChange, onRemove }: RuleLineProps) {
  const { kind, role, days, enabled } = rule;
  return (
    <li className="flex items-start gap-3 px-3 py-2.5 text-[0.8125rem]">
      <label className="flex h-8 shrink-0 items-center max-md:h-9">
        <input
          type="checkbox"
          className="block size-4 accent-accent"
          aria-label={`Rule ${number} is in force`}
          title={enabled ? "In force" : "Off"}
          checked={enabled}
          disabled={!mayChange}
          onChange={(event) => onChange({ enabled: event.target.checked })}
        />
      </label>
      <fieldset
        disabled={!mayChange}
        className={cn("flex min-w-0 flex-1 flex-wrap items-center gap-2", !enabled && "opacity-60")}
      >
        <legend className="sr-only">Rule {number}</legend>
        <Select
          aria-label="Whose"
          value={whoseOf(role)}
          options={WHOSE_OPTIONS}
          onChange={(whose) => onChange({ role: roleOf(whose) })}
        />
        <span>sessions</span>
        <Select
          aria-label="Which"
          value={kind}
          options={KIND_OPTIONS}
          onChange={(next) => onChange({ kind: next })}
        />
        <Input
          type="number"
          aria-label="Days"
          min={1}
          max={RETENTION_DAYS_MAX}
          step={1}
          required
          className="h-8! w-20! invalid:border-danger max-md:h-9! md:text-[0.8125rem]!"
          value={days}
          onChange={(event) => onChange({ days: event.target.value })}
        />
        <span>{days.trim() === "1" ? "day" : "days"}</span>
        {!enabled && <span className="text-muted-foreground">(off)</span>}
      </fieldset>
      {mayChange && (
        <IconButton label={`Remove rule ${number}`} onClick={onRemove}>
          <Trash2 />
        </IconButton>
      )}
    </li>
  );
}
