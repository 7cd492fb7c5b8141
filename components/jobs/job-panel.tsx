"use client";

import { ExternalLink } from "lucide-react";
import Link from "next/link";
import { sessionHref } from "@/client/hooks/use-session-route";
import type { Job, JobTry } from "@/lib/contracts/jobs";
import { shownModel } from "@/lib/provider-model";
import { Button } from "../ui/button";
import { ErrorNote } from "../ui/error-note";
import { Fact, Facts, PanelSection } from "../ui/facts";
import { RelativeTime } from "../ui/relative-time";
import { SidePanel } from "../ui/side-panel";
import { Skeleton } from "../ui/skeleton";
import { durationText } from "../ui/units";
import { isOpen, JobState } from "./job-state";
import { useJob, useJobActs } from "./use-jobs";

const EXACT = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "medium" });
const OUTCOMES = { succeeded: "Answered", failed: "Failed", aborted: "Stopped" } as const;
const TEXT_BOX =
  "max-h-72 overflow-y-auto rounded-lg border bg-muted/50 p-3 text-[0.8125rem] leading-5 break-words whitespace-pre-wrap";

/** Everything about one job, as it becomes. */
export function JobPanel({ jobId, onClose }: { jobId: string; onClose(): void }) {
  const { job, error, again } = useJob(jobId);
  return (
    <SidePanel open onOpenChange={onClose} title="Job" description={job && <JobState job={job} />}>
      <ErrorNote>{error}</ErrorNote>
      {job ? <JobDetails job={job} onRetried={again} /> : !error && <Loading />}
    </SidePanel>
  );
}

function Loading() {
  return (
    <div className="space-y-3">
      <Skeleton className="h-4 w-32" />
      <Skeleton className="h-24 w-full" />
      <Skeleton className="h-4 w-48" />
    </div>
  );
}

type JobDetailsProps = { job: Job; onRetried(): void };

function JobDetails({ job, onRetried }: JobDetailsProps) {
  const { prompt, result, message, sessionId, metadata, tries } = job;
  return (
    <>
      <div className="flex flex-wrap gap-2">
        {sessionId && (
          <Button size="sm" asChild>
            <Link href={sessionHref(sessionId)}>
              <ExternalLink aria-hidden className="size-3.5 text-muted-foreground" />
              Open session
            </Link>
          </Button>
        )}
        <JobButtons job={job} onRetried={onRetried} />
      </div>
      <ErrorNote className="mt-4">{message}</ErrorNote>
      <PanelSection title="Prompt">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard */}
        <section aria-label="Prompt" tabIndex={0} className={TEXT_BOX}>
          {prompt}
        </section>
      </PanelSection>
      {result !== null && (
        <PanelSection title="Result">
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard */}
          <section aria-label="Result" tabIndex={0} className={TEXT_BOX}>
            {result}
          </section>
        </PanelSection>
      )}
      <PanelSection title="Details">
        <JobFacts job={job} />
      </PanelSection>
      {tries.length > 0 && (
        <PanelSection title="Attempts">
          <ol className="divide-y rounded-lg border text-[0.8125rem]">
            {tries.map((each) => (
              <Attempt key={each.endedAt.toISOString()} attempt={each} />
            ))}
          </ol>
        </PanelSection>
      )}
      {metadata && (
        <PanelSection title="Metadata">
          <pre className={`${TEXT_BOX} font-mono text-xs`}>{JSON.stringify(metadata, null, 2)}</pre>
        </PanelSection>
      )}
    </>
  );
}

function JobButtons({ job, onRetried }: JobDetailsProps) {
  const { cancel, retry } = useJobActs();
  const { id: jobId, status, cancelRequested } = job;
  if (isOpen(job)) {
    return (
      <Button
        size="sm"
        disabled={cancelRequested || cancel.isPending}
        onClick={() => cancel.mutate({ jobId })}
      >
        {cancelRequested ? "Stopping…" : "Cancel job"}
      </Button>
    );
  }
  if (status === "succeeded") return null;
  return (
    <Button
      size="sm"
      disabled={retry.isPending}
      onClick={() => retry.mutate({ jobId }, { onSuccess: onRetried })}
    >
      Start again
    </Button>
  );
}

function JobFacts({ job }: { job: Job }) {
  const { status, runAt, deadline, model, priority, attempts, maxAttempts, progress } = job;
  const { createdAt, startedAt, endedAt, scheduleId } = job;
  return (
    <Facts>
      <Fact label="Created">{EXACT.format(createdAt)}</Fact>
      {status === "queued" && <Fact label="Starts">{EXACT.format(runAt)}</Fact>}
      {startedAt && <Fact label="Started">{EXACT.format(startedAt)}</Fact>}
      {endedAt && <Fact label="Ended">{EXACT.format(endedAt)}</Fact>}
      {startedAt && endedAt && (
        <Fact label="Took">{durationText(endedAt.getTime() - startedAt.getTime())}</Fact>
      )}
      {deadline && <Fact label="Deadline">{EXACT.format(deadline)}</Fact>}
      {status === "running" && progress.lastActivityAt && (
        <Fact label="Last sign of life">
          <RelativeTime at={progress.lastActivityAt} />
        </Fact>
      )}
      <Fact label="Attempts">
        {attempts} of {maxAttempts}
      </Fact>
      <Fact label="Priority">{priority}</Fact>
      {model && <Fact label="Model">{shownModel(model)}</Fact>}
      {scheduleId && (
        <Fact label="Made by">
          <Link className="underline" href={`/schedules?schedule=${scheduleId}`}>
            a schedule
          </Link>
        </Fact>
      )}
    </Facts>
  );
}

function Attempt({ attempt: { outcome, message, startedAt, endedAt } }: { attempt: JobTry }) {
  return (
    <li className="px-3 py-2">
      <span className="flex justify-between gap-3">
        <span className="font-medium">{OUTCOMES[outcome]}</span>
        <span className="text-muted-foreground">
          {durationText(endedAt.getTime() - startedAt.getTime())}, <RelativeTime at={endedAt} />
        </span>
      </span>
      {message && <span className="block text-muted-foreground">{message}</span>}
    </li>
  );
}
