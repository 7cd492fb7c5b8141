"use client";

import Link from "next/link";
import { useState } from "react";
import { sessionHref } from "@/client/hooks/use-session-route";
import type { Schedule } from "@/lib/contracts/schedules";
import { shownModel } from "@/lib/provider-model";
import { Button } from "../ui/button";
import { ErrorNote } from "../ui/error-note";
import { Fact, Facts, PanelSection } from "../ui/facts";
import { SidePanel } from "../ui/side-panel";
import { DeleteScheduleDialog } from "./delete-dialog";
import { NextRuns } from "./next-runs";
import { RunHistory } from "./run-history";
import { ScheduleState } from "./schedule-columns";
import { useScheduleActs } from "./use-schedules";

const OVERLAPS = { skip: "The new run is left out", queue: "The new run waits" } as const;
const MISSED = { skip: "Left out", once: "Run once for all of them" } as const;

type SchedulePanelProps = { schedule: Schedule; onEdit(): void; onClose(): void };

/** Everything about one schedule, what can be done to it, and its history. */
export function SchedulePanel({ schedule, onEdit, onClose }: SchedulePanelProps) {
  const { name, words, nextRuns, timeZone, prompt, model, paused, overlap, missed } = schedule;
  const { failuresInRow, maxFailures, cron, inSession, sessionId } = schedule;
  return (
    <SidePanel open onOpenChange={onClose} title={name} description={<ScheduleState schedule={schedule} />}>
      <ScheduleButtons schedule={schedule} onEdit={onEdit} onDeleted={onClose} />
      {paused?.code && (
        <ErrorNote className="mt-4">
          Paused after {maxFailures} failed runs in a row. The last one: {paused.message ?? paused.code}
        </ErrorNote>
      )}
      <PanelSection title="Runs">
        <NextRuns {...{ words, timeZone }} nextRuns={paused ? [] : nextRuns} />
      </PanelSection>
      <PanelSection title="Details">
        <Facts>
          <Fact label="Expression">
            <code className="font-mono">{cron}</code> ({timeZone})
          </Fact>
          {model && <Fact label="Model">{shownModel(model)}</Fact>}
          {inSession && <Fact label="Session">{sessionId ? <SessionLink id={sessionId} /> : "Deleted"}</Fact>}
          <Fact label="Run before goes on">{OVERLAPS[overlap]}</Fact>
          <Fact label="Missed runs">{MISSED[missed]}</Fact>
          <Fact label="Failures in a row">
            {failuresInRow} of {maxFailures}
          </Fact>
        </Facts>
      </PanelSection>
      <PanelSection title="Prompt">
        <p className="rounded-lg border bg-muted/50 p-3 text-[0.8125rem] leading-5 break-words whitespace-pre-wrap">
          {prompt}
        </p>
      </PanelSection>
      <PanelSection title="History">
        <RunHistory scheduleId={schedule.id} />
      </PanelSection>
    </SidePanel>
  );
}

type ScheduleButtonsProps = { schedule: Schedule; onEdit(): void; onDeleted(): void };

function ScheduleButtons({ schedule, onEdit, onDeleted }: ScheduleButtonsProps) {
  const { pause, resume, runNow, remove } = useScheduleActs();
  const [asksDelete, setAsksDelete] = useState(false);
  const { id: scheduleId, paused } = schedule;
  return (
    <div className="flex flex-wrap gap-2">
      <Button size="sm" disabled={runNow.isPending} onClick={() => runNow.mutate({ scheduleId })}>
        Run now
      </Button>
      {paused ? (
        <Button size="sm" disabled={resume.isPending} onClick={() => resume.mutate({ scheduleId })}>
          Resume
        </Button>
      ) : (
        <Button size="sm" disabled={pause.isPending} onClick={() => pause.mutate({ scheduleId })}>
          Pause
        </Button>
      )}
      <Button size="sm" onClick={onEdit}>
        Change
      </Button>
      <Button size="sm" className="text-danger!" onClick={() => setAsksDelete(true)}>
        Delete
      </Button>
      {asksDelete && (
        <DeleteScheduleDialog
          name={schedule.name}
          busy={remove.isPending}
          onClose={() => setAsksDelete(false)}
          onConfirm={() => remove.mutate({ scheduleId }, { onSuccess: onDeleted })}
        />
      )}
    </div>
  );
}

function SessionLink({ id }: { id: string }) {
  return (
    <Link className="underline" href={sessionHref(id)}>
      the same one each time
    </Link>
  );
}
