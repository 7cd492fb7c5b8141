"use client";

import { useState } from "react";
import { cn } from "../../ui/cn";
import { Input } from "../../ui/input";
import { type Days, daysProblem, localDateText, RANGE_NAMES, RANGES, type RangeName } from "./range";

type RangePickerProps = {
  /** The days that are shown. */
  days: Days;
  /** The range that ends now which is shown; null where two days are. */
  name: RangeName | null;
  onName(name: RangeName): void;
  onDays(days: Days): void;
};

/** Which time the overview is of. */
export function RangePicker({ days, name, onName, onDays }: RangePickerProps) {
  return (
    <>
      <fieldset className="inline-flex shrink-0 rounded-lg border border-border-strong bg-raised p-0.5">
        <legend className="sr-only">Time</legend>
        {RANGE_NAMES.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={one === name}
            aria-label={`Last ${RANGES[one].label}`}
            className={cn(
              "h-6.5 rounded-md px-2.5 text-[0.8125rem] max-md:h-9",
              one === name ? "bg-hover font-medium" : "text-muted-foreground hover:text-foreground",
            )}
            onClick={() => onName(one)}
          >
            {RANGES[one].label}
          </button>
        ))}
      </fieldset>
      <DayFields days={days} onChange={onDays} />
    </>
  );
}

/** Two date fields. What is typed counts as soon as it makes a range. */
function DayFields({ days, onChange }: { days: Days; onChange(days: Days): void }) {
  const [typed, setTyped] = useState(days);
  const [given, setGiven] = useState(days);
  // The other buttons, Back, and midnight change them too.
  if (given.from !== days.from || given.to !== days.to) {
    setGiven(days);
    setTyped(days);
  }
  const problem = daysProblem(typed);
  const today = localDateText(new Date());
  const set = (next: Days) => {
    setTyped(next);
    if (daysProblem(next) === null) onChange(next);
  };
  const field = (which: keyof Days, label: string) => (
    <Input
      type="date"
      aria-label={label}
      aria-invalid={problem !== null}
      max={today}
      className="h-8! w-36! px-2.5! md:text-[0.8125rem]! max-md:h-10! max-md:w-auto! max-md:flex-1"
      value={typed[which]}
      onChange={(event) => set({ ...typed, [which]: event.target.value })}
    />
  );
  return (
    <div className="flex flex-wrap items-center gap-1.5 max-md:w-full">
      {field("from", "First day")}
      <span aria-hidden className="text-xs text-muted-foreground">
        to
      </span>
      {field("to", "Last day")}
      {problem && (
        <span role="alert" className="text-xs text-danger">
          {problem}
        </span>
      )}
    </div>
  );
}
