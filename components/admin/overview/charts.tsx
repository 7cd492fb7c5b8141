"use client";

import { useMemo } from "react";
import type { Overview, OverviewStep } from "@/lib/contracts/overview";
import { ChartCard } from "../../charts/chart-card";
import { compactText, counted, countText, durationText, shareText } from "../../charts/numbers";
import type { Series, StepData } from "../../charts/series";
import { StepChart } from "../../charts/step-chart";
import { StepTable } from "../../charts/step-table";
import { type StepNames, stepNames } from "../../charts/steps";
import { FailuresChart } from "./failures-chart";

const TURNS: readonly Series<OverviewStep>[] = [
  { key: "succeeded", label: "Answered", tone: "accent", look: "solid", read: (step) => step.succeeded },
  { key: "aborted", label: "Stopped", tone: "muted", look: "solid", read: (step) => step.aborted },
  { key: "failed", label: "Failed", tone: "danger", look: "hatched", read: (step) => step.failed },
];
const PEOPLE: readonly Series<OverviewStep>[] = [
  { key: "people", label: "People", tone: "accent", look: "solid", read: (step) => step.people },
];
const FIRST_TEXT: readonly Series<OverviewStep>[] = [
  { key: "p50", label: "Half (p50)", tone: "accent", look: "line", read: (step) => step.firstTextP50Ms },
  {
    key: "p95",
    label: "95 of 100 (p95)",
    tone: "caution",
    look: "dashed",
    read: (step) => step.firstTextP95Ms,
  },
];
const DAY_MS = 86_400_000;

/** The names of steps as the reader's clock has them, and whether a step is still under way. */
function namesHere(stepMs: number): StepNames {
  const names = stepNames(stepMs, Intl.DateTimeFormat().resolvedOptions().timeZone);
  const isOver = (at: Date) => at.getTime() + stepMs <= Date.now();
  return { ...names, full: (at) => (isOver(at) ? names.full(at) : `${names.full(at)} (so far)`) };
}

const axisDuration = (ms: number): string => (ms === 0 ? "0" : durationText(ms));

/** The charts of a range. */
export function Charts({ overview }: { overview: Overview }) {
  const { steps, stepMs, turns, people, firstTextP50Ms, firstTextP95Ms, failures } = overview;
  const names = useMemo(() => namesHere(stepMs), [stepMs]);
  const by = stepMs < DAY_MS ? "hour" : "day";
  const counts = (series: readonly Series<OverviewStep>[]): StepData<OverviewStep> => ({
    ...{ steps, series, names, format: countText, formatAxis: compactText },
  });
  const times: StepData<OverviewStep> = {
    ...{ steps, series: FIRST_TEXT, names, format: durationText, formatAxis: axisDuration },
  };
  const succeeded = steps.reduce((sum, step) => sum + step.succeeded, 0);
  const most = Math.max(0, ...steps.map((step) => step.people));
  return (
    <div className="grid gap-3 lg:grid-cols-2">
      <ChartCard
        title="Turns"
        total={countText(turns)}
        note={`${shareText(succeeded, turns)} answered`}
        chart={
          <StepChart
            kind="bars"
            label={`${counted(turns, "turn")} by ${by}: answered, stopped and failed.`}
            data={counts(TURNS)}
          />
        }
        table={<StepTable label={`Turns by ${by}`} data={counts(TURNS)} />}
      />
      <ChartCard
        title="People"
        total={countText(people)}
        note={`had a turn, at most ${countText(most)} in one ${by}`}
        chart={
          <StepChart
            kind="bars"
            label={`${counted(people, "person", "people")} who had a turn, by ${by}.`}
            data={counts(PEOPLE)}
          />
        }
        table={<StepTable label={`People by ${by}`} data={counts(PEOPLE)} />}
      />
      <ChartCard
        title="Time to first text"
        total={firstTextP50Ms === null ? "–" : durationText(firstTextP50Ms)}
        note={
          firstTextP95Ms === null
            ? "no answer had text"
            : `for half of the answers, ${durationText(firstTextP95Ms)} for 95 of 100`
        }
        chart={
          <StepChart
            kind="lines"
            label={`Time from a prompt to the first text of its answer, by ${by}: for half of the answers, and for 95 of 100.`}
            data={times}
          />
        }
        table={<StepTable label={`Time to first text by ${by}`} data={times} />}
      />
      <FailuresChart failures={failures} turns={turns} />
    </div>
  );
}
