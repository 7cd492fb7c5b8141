import { randomUUID } from "node:crypto";
import { procedureOperation } from "../operation";
import { IDEMPOTENCY_KEY } from "./idempotency-key";

const resource = "Jobs";
const ALL = "/api/v1/jobs";
const ONE = "/api/v1/jobs/{jobId}";

export const JOBS = [
  procedureOperation("jobs.list", {
    resource,
    method: "GET",
    path: ALL,
    summary: "Your jobs, newest first",
    description:
      "Several states are named one by one, as in `status=queued&status=running`. Send `nextCursor` of a page as `cursor` to get the one after it; the last page has null there.",
    status: 200,
  }),
  procedureOperation("jobs.create", {
    resource,
    method: "POST",
    path: ALL,
    summary: "Have a prompt run in the background",
    description:
      "Answers as soon as the job is stored. It gets a session of its own unless `sessionId` names one, is tried again where that helps, and keeps its answer in `result`.",
    places: {
      idempotencyKey: {
        in: "header",
        name: IDEMPOTENCY_KEY,
        description:
          "The same key with the same body gives the same job. Without it every call is a job of its own.",
        generate: randomUUID,
      },
    },
    status: 201,
    location: "/api/v1/jobs/{id}",
    refusals: ["session_not_found", "idempotency_conflict", "queue_full"],
    example: { prompt: "Summarise what changed this week", priority: "low", metadata: { report: "weekly" } },
  }),
  procedureOperation("jobs.get", {
    resource,
    method: "GET",
    path: ONE,
    summary: "One job, with its answer once it has ended",
    description:
      "`status` is queued, running, succeeded, failed or cancelled; `code` and `message` say why it failed.",
    status: 200,
    refusals: ["job_not_found"],
  }),
  procedureOperation("jobs.cancel", {
    resource,
    method: "POST",
    path: `${ONE}/cancel`,
    summary: "Cancel a job",
    description:
      "One that waits is cancelled at once; one that runs as soon as its turn has stopped. One that has ended stays as it is.",
    status: 200,
    refusals: ["job_not_found"],
  }),
  procedureOperation("jobs.retry", {
    resource,
    method: "POST",
    path: `${ONE}/retry`,
    summary: "Start a failed or cancelled job again",
    status: 200,
    refusals: ["job_not_found", "job_not_retryable"],
  }),
];
