"use client";

import { useId, useMemo } from "react";
import { Field } from "../ui/field";
import { Input } from "../ui/input";
import { Select } from "../ui/select";
import { Skeleton } from "../ui/skeleton";
import { NextRuns } from "./next-runs";
import { useSchedulePreview } from "./use-schedules";

type Timing = { cron: string; timeZone: string };

// Not every browser lists UTC.
function useTimeZones(chosen: string) {
  return useMemo(() => {
    const all = new Set(["UTC", ...Intl.supportedValuesOf("timeZone"), chosen]);
    return [...all].map((value) => ({ value, label: value.replaceAll("_", " ") }));
  }, [chosen]);
}

/** When a schedule runs: the expression, the time zone, and what they mean, as they are typed. */
export function TimingFields({
  cron,
  timeZone,
  onChange,
}: Timing & { onChange(changed: Partial<Timing>): void }) {
  const id = useId();
  const timeZones = useTimeZones(timeZone);
  const { data: preview } = useSchedulePreview({ cron, timeZone });
  const isWrong = preview?.ok === false;
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field id={`${id}-cron`} label="When" hint="Minute, hour, day of month, month, day of week.">
          <Input
            id={`${id}-cron`}
            aria-describedby={`${id}-cron-hint ${id}-preview`}
            aria-invalid={isWrong && preview.field === "cron"}
            className="font-mono"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            required
            value={cron}
            onChange={(event) => onChange({ cron: event.target.value })}
          />
        </Field>
        <Field id={`${id}-zone`} label="Time zone">
          <Select
            id={`${id}-zone`}
            className="w-full"
            value={timeZone}
            options={timeZones}
            onChange={(zone) => onChange({ timeZone: zone })}
          />
        </Field>
      </div>
      <div id={`${id}-preview`} aria-live="polite">
        {!preview && <Skeleton className="h-28" />}
        {preview?.ok && <NextRuns {...preview} timeZone={timeZone} />}
        {isWrong && (
          <p className="rounded-lg bg-caution-soft px-3 py-2 text-[0.8125rem] text-caution">
            {preview.problem}
          </p>
        )}
      </div>
    </>
  );
}
