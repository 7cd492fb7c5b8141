import type {
  AdminJobPage,
  CreatedJobs,
  CreateJobInput,
  CreateJobsInput,
  Job,
  JobPage,
  ListAdminJobsInput,
  ListJobsInput,
} from "@/lib/contracts/jobs";
import type { Prisma } from "@/server/db/client";
import type { Actor, OwnerId } from "@/server/platform/scope";

/** How many jobs one person may have. */
export type JobLimits = {
  /** That are carried at once; more wait. Below `turnsPerPerson` there is always room for prompts sent by hand. */
  perPerson: number;
  /** That wait. Give or take what is made at the same moment. */
  queuedPerPerson: number;
};

/** A job to be stored, with the id that it gets. */
export type NewJob = Omit<CreateJobInput, "metadata"> & {
  id: string;
  metadata: string | null;
  /** The hash of the input: the same key is good for the same input alone. */
  asked: string;
  ownSession: boolean;
  scheduleId: string | null;
};

/** Prompts in the background. Not-yours and not-there are one answer: `job_not_found`. */
export type Jobs = {
  /** Commits the job, then answers; from then on it is carried out by whatever process has room, also after a crash of
   *  all of them. The same key with the same input gives the same job; with another input `idempotency_conflict`.
   *  Throws `session_not_found`, and `queue_full` where the person has too many waiting. */
  create(actor: Actor, input: CreateJobInput): Promise<Job>;
  /** The same for many, in one statement; each is answered by itself. */
  createMany(actor: Actor, input: CreateJobsInput): Promise<CreatedJobs>;
  get(actor: Actor, jobId: string): Promise<Job>;
  list(actor: Actor, input: ListJobsInput): Promise<JobPage>;
  /** A job that waits is cancelled at once; one that runs is when its turn has stopped, with the text that had arrived.
   *  One that has ended stays as it is. Safe to repeat. */
  cancel(actor: Actor, jobId: string): Promise<Job>;
  /** Queues a failed or cancelled job again, with all of its attempts; a deadline that has passed counts no more.
   *  Throws `job_not_retryable`. */
  retry(actor: Actor, jobId: string): Promise<Job>;
  /** The job as it is, where it has changed since `afterUpdate`, then after each change, until it has ended. Ends too
   *  when `signal` aborts, the job is deleted, or `stillAllowed` answers false or throws: asked when what the person may do
   *  changes, at `allowedUntil`, and every `WATCH_RECHECK_MS`. */
  watch(actor: Actor, jobId: string, options: WatchJobOptions): AsyncGenerator<Job>;
};

export type WatchJobOptions = {
  /** The last update that the watcher saw. */
  afterUpdate: number;
  signal: AbortSignal;
  stillAllowed(): Promise<boolean>;
  allowedUntil?: Date | null;
};

/** Everybody's jobs, for administrators, without their words. */
export type JobAdministration = {
  list(input: ListAdminJobsInput): Promise<AdminJobPage>;
  /** As the owner's own `cancel`, with a line in the audit log exactly where it does something. Throws `job_not_found`. */
  cancel(actor: Actor, jobId: string): Promise<void>;
};

/** Carries jobs out, in this process. */
export type JobCarrier = {
  /** Carries a job until it has ended or has to wait, and resolves then; at once where it is not this process's to carry.
   *  When `signal` aborts it is given back, for another process. While the database is away it waits for it; it rejects
   *  only where a job could not be given back, which is then found to be nobody's. Safe to call twice and at once: one of
   *  the calls carries it. */
  take(jobId: string, signal: AbortSignal): Promise<void>;
  /** Leaves a job to whoever is told of it next, in another process. */
  leave(jobId: string): Promise<void>;
};

/** How other rooms make jobs. */
export type JobMaking = {
  /** A job as `statement` takes it. `idempotencyKey` is unique for the person. */
  toNew(input: CreateJobInput, from: { scheduleId: string | null; ownSession: boolean }): NewJob;
  /** The statement that stores these jobs of `owner` where the condition `where` holds, as one of several in a `WITH`;
   *  answers with "id" and "status". None is stored of which the key is known, that names a session that is not the
   *  owner's, or for which there is no room. */
  statement(owner: OwnerId, jobs: readonly NewJob[], where?: Prisma.Sql): Prisma.Sql;
};

/** The bell's topic of a job: it has changed, or is to be cancelled. */
export const jobTopic = (jobId: string): string => `job:${jobId}`;
