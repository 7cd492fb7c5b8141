"use client";

import Link from "next/link";
import { clientErrorOf } from "@/client/errors";
import type { ScheduleRunRow } from "@/lib/contracts/schedules";
import { JobState } from "../jobs/job-state";
import { ErrorNote } from "../ui/error-note";
import { ShowOlder } from "../ui/show-older";
import { Skeleton } from "../ui/skeleton";
import { countText } from "../ui/units";
import { useScheduleRuns } from "./use-schedules";

const WHEN = new Intl.DateTimeFormat("en", {
  ...{ month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
});

/** What became of each of a schedule's moments. */
export function RunHistory({ scheduleId }: { scheduleId: string }) {
  const asked = useScheduleRuns(scheduleId);
  const { data, error } = asked;
  const runs = data?.pages.flatMap(({ items }) => items);
  if (!runs)
    return error ? <ErrorNote>{clientErrorOf(error).message}</ErrorNote> : <Skeleton className="h-24" />;
  if (runs.length === 0) {
    return <p className="text-[0.8125rem] text-muted-foreground">It has not run yet.</p>;
  }
  return (
    <>
      <ul aria-label="History" className="divide-y rounded-lg border text-[0.8125rem]">
        {runs.map((run) => (
          <Run key={run.id} run={run} />
        ))}
      </ul>
      <ShowOlder asked={asked} className="mt-2" />
    </>
  );
}

function Run({ run: { dueAt, byHand, outcome, moments, job } }: { run: ScheduleRunRow }) {
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-3 px-3 py-2">
      <span>
        <time dateTime={dueAt.toISOString()} className="tabular-nums">
          {WHEN.format(dueAt)}
        </time>
        {byHand && <span className="text-muted-foreground"> by hand</span>}
        {moments > 1 && <span className="text-muted-foreground"> and {moments - 1} before it</span>}
      </span>
      {outcome === "started" ? (
        <Started job={job} />
      ) : (
        <span className="text-muted-foreground">{textOf(outcome, moments)}</span>
      )}
      {job?.message && <span className="basis-full text-muted-foreground">{job.message}</span>}
    </li>
  );
}

function Started({ job }: Pick<ScheduleRunRow, "job">) {
  if (!job) return <span className="text-muted-foreground">Its job was deleted</span>;
  return (
    <Link href={`/jobs?job=${job.id}`} className="underline-offset-2 hover:underline">
      <JobState job={{ status: job.status, attempts: 0 }} />
    </Link>
  );
}

function textOf(outcome: Exclude<ScheduleRunRow["outcome"], "started">, moments: number): string {
  switch (outcome) {
    case "overlap":
      return "Left out: the run before went on";
    case "missed":
      return `Missed ${countText(moments, "run")}: the server was down`;
    case "refused":
      return "Left out: too many jobs waited";
  }
}
