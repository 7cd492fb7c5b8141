"use client";

import { History } from "lucide-react";
import type { RetentionRun } from "@/lib/contracts/retention";
import { type Column, DataTable } from "../../ui/data-table";
import { EmptyState } from "../../ui/empty-state";
import { Lamp } from "../../ui/lamp";
import { RelativeTime } from "../../ui/relative-time";
import { durationText } from "../../ui/units";
import { Section } from "./section";

const STATES = {
  running: { label: "Running", tone: "accent" },
  completed: { label: "Completed", tone: "ok" },
  failed: { label: "Failed", tone: "danger" },
} as const;

export function RunLamp({ run: { state } }: { run: RetentionRun }) {
  const { label, tone } = STATES[state];
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap text-muted-foreground">
      <Lamp tone={tone} small blinking={state === "running"} />
      {label}
    </span>
  );
}

/** How long it took, or takes until now. */
export const runTime = ({ startedAt, endedAt }: RetentionRun): string =>
  durationText((endedAt ?? new Date()).getTime() - startedAt.getTime());

/** Who started it, as it is shown. */
export const startedBy = (run: RetentionRun): string => run.startedBy ?? "Schedule";

const RUN_COLUMNS: readonly Column<RetentionRun>[] = [
  {
    key: "state",
    header: "State",
    cell: (run) => (
      <span className="block leading-tight">
        <RunLamp run={run} />
        {run.error && (
          <span className="block max-w-36 truncate text-xs text-danger sm:max-w-56" title={run.error}>
            {run.error}
          </span>
        )}
      </span>
    ),
  },
  {
    key: "started",
    header: "Started",
    cell: ({ startedAt }) => (
      <RelativeTime at={startedAt} className="whitespace-nowrap text-muted-foreground" />
    ),
  },
  {
    key: "by",
    header: "By",
    from: "md",
    cell: (run) => <span className="text-muted-foreground">{startedBy(run)}</span>,
  },
  { key: "took", header: "Took", align: "end", from: "sm", cell: runTime },
  {
    key: "sessions",
    header: "Sessions",
    align: "end",
    cell: ({ sessions }) => sessions.toLocaleString("en"),
  },
  {
    key: "events",
    header: "Events",
    align: "end",
    from: "md",
    cell: ({ events }) => events.toLocaleString("en"),
  },
  {
    key: "orphans",
    header: "Orphans",
    align: "end",
    from: "lg",
    cell: ({ orphanFiles, orphanRows }) => (orphanFiles + orphanRows).toLocaleString("en"),
  },
  {
    key: "batch",
    header: "Longest batch",
    align: "end",
    from: "lg",
    cell: ({ longestBatchMs }) => durationText(longestBatchMs),
  },
];

type RunsSectionProps = { runs: readonly RetentionRun[] | undefined; onOpen(id: string): void };

/** What became of each run, newest first. */
export function RunsSection({ runs, onOpen }: RunsSectionProps) {
  return (
    <Section
      title="Runs"
      text="Each run deletes in small batches, so that nobody has to wait for it, and leaves a line in the audit log for each session."
    >
      <DataTable<RetentionRun>
        label="Runs"
        columns={RUN_COLUMNS}
        rows={runs}
        idOf={({ id }) => id}
        nameOf={(run) => `run by ${startedBy(run)}`}
        onOpen={({ id }) => onOpen(id)}
        skeletonRows={4}
        empty={
          <EmptyState
            icon={<History />}
            title="It has not run yet"
            text="Runs are listed here with what they deleted and how long they took, the one under way while it works."
          />
        }
      />
    </Section>
  );
}
