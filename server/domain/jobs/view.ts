import type { Job, JobTry, JobRow as ListedJob } from "@/lib/contracts/jobs";
import { failureMessage } from "@/lib/errors/job-failures";
import type { JobRow } from "./store";

type StoredTry = Omit<JobTry, "message" | "startedAt" | "endedAt"> & { startedAt: string; endedAt: string };

const toTry = ({ startedAt, endedAt, ...rest }: StoredTry): JobTry => ({
  ...rest,
  message: failureMessage(rest.code),
  startedAt: new Date(startedAt),
  endedAt: new Date(endedAt),
});

/** A stored row of a list, with the sentence for its code. */
export const toListed = <Row extends { code: string | null }>(
  row: Row,
): Row & Pick<ListedJob, "message"> => ({ ...row, message: failureMessage(row.code) });

/** A job as its owner sees it. */
export function toJob(row: JobRow): Job {
  const { id, status, sessionId, scheduleId, model, priority, attempts, maxAttempts, runAt, deadline } = row;
  const { code, createdAt, startedAt, endedAt, prompt, turnId, result, events, lastActivityAt } = row;
  return {
    ...{ id, status, sessionId, scheduleId, model, priority, attempts, maxAttempts, runAt, deadline },
    ...{ code, createdAt, startedAt, endedAt, prompt, turnId, result },
    message: failureMessage(code),
    // Both are written by this room only.
    metadata: row.metadata as Job["metadata"],
    tries: (row.tries as unknown as StoredTry[]).map(toTry),
    progress: { events, lastActivityAt },
    cancelRequested: row.cancelRequestedAt !== null,
    update: row.updates,
  };
}
