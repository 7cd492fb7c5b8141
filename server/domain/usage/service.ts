import type { OverviewStep } from "@/lib/contracts/overview";
import { HOUR_MS, quantile, stepsOf } from "./rules";
import type { CountRow, TimesRow, UsageStore } from "./store";
import { ROLL_HOURS_MAX, ROLL_MARGIN_MS } from "./tunables";
import type { Usage } from "./types";

const MEDIAN = 0.5;
const NEARLY_ALL = 0.95;

const emptyStep = (at: Date): OverviewStep => ({
  ...{ at, succeeded: 0, failed: 0, aborted: 0, people: 0 },
  ...{ firstTextP50Ms: null, firstTextP95Ms: null },
});

function quantilesOf(rows: readonly TimesRow[]) {
  const counts: number[] = [];
  for (const row of rows) {
    for (const [bucket, turns] of row.counts.entries()) counts[bucket] = (counts[bucket] ?? 0) + turns;
  }
  return { firstTextP50Ms: quantile(counts, MEDIAN), firstTextP95Ms: quantile(counts, NEARLY_ALL) };
}

function byStep(rows: readonly TimesRow[]): Map<number, TimesRow[]> {
  const steps = new Map<number, TimesRow[]>();
  for (const row of rows) {
    const time = row.at.getTime();
    const known = steps.get(time);
    if (known) known.push(row);
    else steps.set(time, [row]);
  }
  return steps;
}

function failuresOf(rows: readonly CountRow[]): { code: string; turns: number }[] {
  const failures = new Map<string, number>();
  for (const { status, code, turns } of rows) {
    if (status === "failed") failures.set(code, (failures.get(code) ?? 0) + turns);
  }
  return [...failures]
    .map(([code, turns]) => ({ code, turns }))
    .toSorted((one, other) => other.turns - one.turns || one.code.localeCompare(other.code));
}

/** What was used: turns that ended, by hour and day, kept when the turns themselves are deleted. */
export function createUsage(store: UsageStore): Usage {
  return {
    async during(range) {
      const steps = stepsOf(range);
      const byDay = steps.stepMs > HOUR_MS;
      const [counts, times, people] = await Promise.all([
        store.counts(steps),
        store.times(steps),
        byDay ? store.peopleByDay(steps) : store.peopleByHour(steps),
      ]);
      const byTime = new Map(steps.starts.map((at) => [at.getTime(), emptyStep(at)]));
      for (const { at, status, turns } of counts) {
        const step = byTime.get(at.getTime());
        if (step) step[status] += turns;
      }
      for (const { at, people: some } of people) {
        const step = at && byTime.get(at.getTime());
        if (step) step.people = some;
      }
      for (const [time, rows] of byStep(times)) Object.assign(byTime.get(time) ?? {}, quantilesOf(rows));
      return {
        stepMs: steps.stepMs,
        steps: [...byTime.values()],
        turns: counts.reduce((sum, { turns }) => sum + turns, 0),
        people: people.find(({ at }) => at === null)?.people ?? 0,
        ...quantilesOf(times),
        failures: failuresOf(counts),
      };
    },
    async rollUp(signal) {
      while (!signal?.aborted && (await store.rollNext(ROLL_HOURS_MAX, ROLL_MARGIN_MS)) > 0);
    },
  };
}
