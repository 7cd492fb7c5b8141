import { z } from "zod";
import { BULK_IDS_MAX, BulkIds } from "./bulk";
import { JobId, PAGE_ROWS_DEFAULT, PAGE_ROWS_MAX, SEQ_MAX, SessionId } from "./ids";
import { MODEL_ID_CHARS_MAX } from "./sessions";
import { storableJson, Text } from "./text";
import { IdempotencyKey, Prompt } from "./turns";

/** Most jobs that one call makes, and most characters that their prompts have together. */
export const BULK_JOBS_MAX = BULK_IDS_MAX;
export const BULK_PROMPT_CHARS_MAX = 2_000_000;
/** Most that is kept of a caller's own notes on a job, as JSON. */
export const METADATA_CHARS_MAX = 4_096;
export const ATTEMPTS_MAX = 10;
export const ATTEMPTS_DEFAULT = 3;
/** How much of a prompt a list shows. */
export const PROMPT_START_CHARS = 200;
const WORDS_CHARS_MAX = 200;
const CURSOR_CHARS_MAX = 200;

export const JobStatus = z.enum(["queued", "running", "succeeded", "failed", "cancelled"]);
export type JobStatus = z.infer<typeof JobStatus>;

export const JobPriority = z.enum(["high", "normal", "low"]);
export type JobPriority = z.infer<typeof JobPriority>;

function isMetadata(value: unknown): boolean {
  try {
    return JSON.stringify(value).length <= METADATA_CHARS_MAX && z.json().safeParse(value).success;
  } catch {
    // What has no JSON at all: a whole number without end, or something that contains itself.
    return false;
  }
}

const Metadata = z
  .record(z.string(), z.unknown())
  .refine(isMetadata, {
    message: `Metadata is JSON of at most ${METADATA_CHARS_MAX.toLocaleString("en")} characters.`,
  })
  .transform((metadata) => storableJson(metadata) as Record<string, unknown>);

/** Times that the database can hold, with room for what is added to them. */
const Moment = z.date().min(new Date("1970-01-01T00:00:00Z")).max(new Date("9999-01-01T00:00:00Z"));

/** `sessionId`: in which session the prompt is sent; without one, the job gets a session of its own. `notBefore`: when it
 *  may start; `deadline`: by when it must have ended, or it is stopped. `maxAttempts`: how many turns it may take where
 *  they fail for a reason that may pass. The same `idempotencyKey` with the same input gives the same job. */
export const CreateJobInput = z.object({
  prompt: Prompt,
  sessionId: SessionId.optional(),
  model: Text.pipe(z.string().trim().min(1).max(MODEL_ID_CHARS_MAX)).optional(),
  priority: JobPriority.default("normal"),
  notBefore: Moment.optional(),
  deadline: Moment.optional(),
  maxAttempts: z.number().int().min(1).max(ATTEMPTS_MAX).default(ATTEMPTS_DEFAULT),
  metadata: Metadata.optional(),
  idempotencyKey: IdempotencyKey,
});
export type CreateJobInput = z.infer<typeof CreateJobInput>;

export const CreateJobsInput = z.object({
  jobs: z
    .array(CreateJobInput)
    .min(1)
    .max(BULK_JOBS_MAX)
    .refine((jobs) => jobs.reduce((sum, { prompt }) => sum + prompt.length, 0) <= BULK_PROMPT_CHARS_MAX, {
      message: `The prompts of one call may have at most ${BULK_PROMPT_CHARS_MAX.toLocaleString("en")} characters together.`,
    }),
});
export type CreateJobsInput = z.infer<typeof CreateJobsInput>;

/** What became of each job, in the order in which they were given. */
export const CreatedJobs = z.object({
  results: z.array(
    z.discriminatedUnion("ok", [
      z.object({ ok: z.literal(true), jobId: z.string(), status: JobStatus }),
      z.object({ ok: z.literal(false), code: z.string(), message: z.string() }),
    ]),
  ),
});
export type CreatedJobs = z.infer<typeof CreatedJobs>;

export const JobInput = z.object({ jobId: JobId });

/** A turn that a job has taken. */
export const JobTry = z.object({
  turnId: z.string().nullable(),
  outcome: z.enum(["succeeded", "failed", "aborted"]),
  code: z.string().nullable(),
  message: z.string().nullable(),
  startedAt: z.date(),
  endedAt: z.date(),
});
export type JobTry = z.infer<typeof JobTry>;

const Listed = {
  id: z.string(),
  status: JobStatus,
  sessionId: z.string().nullable(),
  scheduleId: z.string().nullable(),
  model: z.string().nullable(),
  priority: JobPriority,
  attempts: z.number().int(),
  maxAttempts: z.number().int(),
  runAt: z.date(),
  deadline: z.date().nullable(),
  code: z.string().nullable(),
  message: z.string().nullable(),
  createdAt: z.date(),
  startedAt: z.date().nullable(),
  endedAt: z.date().nullable(),
};

/** A job in a list: of its prompt the first `PROMPT_START_CHARS`. */
export const JobRow = z.object({ ...Listed, promptStart: z.string() });
export type JobRow = z.infer<typeof JobRow>;

/** `runAt`: while it is queued, when it may start, or start again. `attempts`: turns that have ended, of `maxAttempts`.
 *  `code`, `message`: why it failed; of a queued job, why its last attempt did. `result`: the final answer. `tries`: its
 *  turns, oldest first. `update` grows with every change. */
export const Job = z.object({
  ...Listed,
  prompt: z.string(),
  metadata: z.record(z.string(), z.unknown()).nullable(),
  turnId: z.string().nullable(),
  result: z.string().nullable(),
  tries: z.array(JobTry),
  progress: z.object({ events: z.number().int(), lastActivityAt: z.date().nullable() }),
  cancelRequested: z.boolean(),
  update: z.number().int(),
});
export type Job = z.infer<typeof Job>;

/** Newest first. */
export const ListJobsInput = z
  .object({
    status: z.array(JobStatus).max(JobStatus.options.length).optional(),
    scheduleId: JobId.optional(),
    cursor: z.string().max(CURSOR_CHARS_MAX).nullish(),
    limit: z.number().int().min(1).max(PAGE_ROWS_MAX).default(PAGE_ROWS_DEFAULT),
  })
  .prefault({});
export type ListJobsInput = z.infer<typeof ListJobsInput>;

export const JobPage = z.object({ items: z.array(JobRow), nextCursor: z.string().nullable() });
export type JobPage = z.infer<typeof JobPage>;

/** `afterUpdate`, or `lastEventId`, which is the same as text: the last update that this watcher saw. */
export const WatchJobInput = z.object({
  jobId: JobId,
  afterUpdate: z.number().int().min(0).max(SEQ_MAX).default(0),
  lastEventId: z
    .string()
    .regex(/^\d{1,9}$/, "lastEventId is the number of an update.")
    .nullish(),
});
export type WatchJobInput = z.infer<typeof WatchJobInput>;

/** A job as administrators see it: whose it is and how it goes, and none of its words. */
export const AdminJobRow = z.object({
  ...Listed,
  owner: z.object({ id: z.string(), login: z.string(), image: z.string().nullable() }),
  promptChars: z.number().int(),
  worker: z.string().nullable(),
});
export type AdminJobRow = z.infer<typeof AdminJobRow>;

/** `owner`: the beginning of a login. */
export const ListAdminJobsInput = z
  .object({
    status: z.array(JobStatus).max(JobStatus.options.length).optional(),
    owner: Text.pipe(z.string().trim().max(WORDS_CHARS_MAX)).optional(),
    cursor: z.string().max(CURSOR_CHARS_MAX).nullish(),
    limit: z.number().int().min(1).max(PAGE_ROWS_MAX).default(50),
  })
  .prefault({});
export type ListAdminJobsInput = z.infer<typeof ListAdminJobsInput>;

export const AdminJobPage = z.object({ items: z.array(AdminJobRow), nextCursor: z.string().nullable() });
export type AdminJobPage = z.infer<typeof AdminJobPage>;

export const AdminJobIds = z.object({ ids: BulkIds });
