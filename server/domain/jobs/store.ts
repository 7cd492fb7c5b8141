import { type JobStatus, type JobRow as ListedJob, PROMPT_START_CHARS } from "@/lib/contracts/jobs";
import { type Db, Prisma } from "@/server/db/client";
import type { Place } from "@/server/platform/places";
import type { OwnerId } from "@/server/platform/scope";
import type { JobLimits, NewJob } from "./types";

export type JobRow = Prisma.JobGetPayload<object>;
/** A job that is there already under a key that was asked for. */
export type KnownJob = Pick<JobRow, "id" | "status" | "idempotencyKey" | "asked">;
export type StoredRow = Omit<ListedJob, "message">;

export type ListFilter = {
  status: JobStatus[] | null;
  scheduleId: string | null;
  after: Place | null;
  limit: number;
};

/** What every list shows of a job `j`. */
export const LISTED = Prisma.sql`
  j."id", j."status", j."sessionId", j."scheduleId", j."model", j."priority", j."attempts", j."maxAttempts", j."runAt",
  j."deadline", j."code", j."createdAt", j."startedAt", j."endedAt"`;

/** The jobs `j` after a place in a list, newest first. */
export const isAfterSql = (after: Place | null): Prisma.Sql =>
  after
    ? Prisma.sql`(j."createdAt", j."id") < (${after.at}::timestamptz, ${after.id}::uuid)`
    : Prisma.sql`true`;

/** The jobs room's rows, as their owners see them. Every call takes the owner first. `queuedPerPerson`: most that one
 *  person may have waiting. */
export function createJobStore(db: Db, { queuedPerPerson }: Pick<JobLimits, "queuedPerPerson">) {
  // A trigger puts their messages into the queue.
  const statement = (
    owner: OwnerId,
    jobs: readonly NewJob[],
    where: Prisma.Sql = Prisma.sql`true`,
  ): Prisma.Sql => Prisma.sql`
    INSERT INTO "Job" ("id", "ownerId", "idempotencyKey", "asked", "prompt", "model", "sessionId", "ownSession",
                       "scheduleId", "priority", "metadata", "maxAttempts", "runAt", "deadline")
    SELECT i."id", ${owner}::uuid, i."idempotencyKey", i."asked", i."prompt", i."model", i."sessionId", i."ownSession",
           i."scheduleId", i."priority", i."metadata"::jsonb, i."maxAttempts", GREATEST(now(), i."notBefore"), i."deadline"
    FROM ROWS FROM (jsonb_to_recordset(${JSON.stringify(jobs)}::jsonb) AS (
      "id" uuid, "idempotencyKey" text, "asked" text, "prompt" text, "model" text, "sessionId" uuid, "ownSession" boolean,
      "scheduleId" uuid, "priority" "JobPriority", "metadata" text, "maxAttempts" int, "notBefore" timestamptz,
      "deadline" timestamptz)) WITH ORDINALITY AS i("id", "idempotencyKey", "asked", "prompt", "model", "sessionId",
      "ownSession", "scheduleId", "priority", "metadata", "maxAttempts", "notBefore", "deadline", "n")
    WHERE ${where}
      AND i."n" <= ${queuedPerPerson}::int - (
        SELECT count(*) FROM "Job" q WHERE q."ownerId" = ${owner}::uuid AND q."status" = 'queued')
      AND (i."sessionId" IS NULL OR EXISTS (
        SELECT 1 FROM "CopilotSession" s JOIN "SessionHead" h ON h."sessionId" = s."id"
        WHERE s."id" = i."sessionId" AND s."ownerId" = ${owner}::uuid))
    ON CONFLICT ("ownerId", "idempotencyKey") DO NOTHING
    RETURNING "id", "status"`;

  return {
    /** See `JobMaking.statement`. */
    statement,
    /** Answers with the ids of those that were stored. */
    async insert(owner: OwnerId, jobs: readonly NewJob[]): Promise<Set<string>> {
      const rows = await db.$direct<{ id: string }>(statement(owner, jobs));
      return new Set(rows.map(({ id }) => id));
    },
    known: (owner: OwnerId, idempotencyKeys: string[]): Promise<KnownJob[]> =>
      db.job.findMany({
        where: { ownerId: owner, idempotencyKey: { in: idempotencyKeys } },
        select: { id: true, status: true, idempotencyKey: true, asked: true },
      }),
    /** Those of these sessions that are the owner's. */
    async owned(owner: OwnerId, sessionIds: string[]): Promise<Set<string>> {
      const rows = await db.copilotSession.findMany({
        where: { id: { in: sessionIds }, ownerId: owner, head: { isNot: null } },
        select: { id: true },
      });
      return new Set(rows.map(({ id }) => id));
    },
    find: (owner: OwnerId, jobId: string): Promise<JobRow | null> =>
      db.job.findFirst({ where: { id: jobId, ownerId: owner } }),
    list: (owner: OwnerId, { status, scheduleId, after, limit }: ListFilter): Promise<StoredRow[]> =>
      db.$direct<StoredRow>(Prisma.sql`
        SELECT ${LISTED}, left(j."prompt", ${PROMPT_START_CHARS}::int) AS "promptStart" FROM "Job" j
        WHERE j."ownerId" = ${owner}::uuid AND ${isAfterSql(after)}
          AND ${status ? Prisma.sql`j."status" = ANY(${status}::"JobStatus"[])` : Prisma.sql`true`}
          AND ${scheduleId ? Prisma.sql`j."scheduleId" = ${scheduleId}::uuid` : Prisma.sql`true`}
        ORDER BY j."createdAt" DESC, j."id" DESC LIMIT ${limit}::int`),
    /** Cancels a job that waits, and asks a running one to stop; `also`, another write, is done where there was something
     *  to do. False where there was not. */
    async cancel(owner: OwnerId, jobId: string, also?: (where: Prisma.Sql) => Prisma.Sql): Promise<boolean> {
      const noted = also
        ? Prisma.sql`, also AS (${also(Prisma.sql`EXISTS (SELECT 1 FROM cancelled)`)})`
        : Prisma.empty;
      const rows = await db.$direct<{ id: string }>(Prisma.sql`
        WITH cancelled AS (
          UPDATE "Job" SET "cancelRequestedAt" = now(), "updates" = "updates" + 1,
            "status" = CASE "status" WHEN 'queued' THEN 'cancelled' ELSE "status" END,
            "endedAt" = CASE "status" WHEN 'queued' THEN now() END
          WHERE "id" = ${jobId}::uuid AND "ownerId" = ${owner}::uuid AND "cancelRequestedAt" IS NULL
            AND "status" IN ('queued', 'running')
          RETURNING "id") ${noted}
        SELECT "id" FROM cancelled`);
      return rows.length > 0;
    },
    /** Queues an ended job again; false where it has not failed and was not cancelled. */
    async retry(owner: OwnerId, jobId: string): Promise<boolean> {
      const rows = await db.$direct<{ id: string }>(Prisma.sql`
        WITH again AS (
          UPDATE "Job" SET "status" = 'queued', "runAt" = now(), "attempts" = 0, "waits" = 0, "code" = NULL,
            "result" = NULL, "cancelRequestedAt" = NULL, "endedAt" = NULL, "updates" = "updates" + 1,
            "deadline" = CASE WHEN "deadline" > now() THEN "deadline" END
          WHERE "id" = ${jobId}::uuid AND "ownerId" = ${owner}::uuid AND "status" IN ('failed', 'cancelled')
          RETURNING "id")
        SELECT a."id", queue_jobs(ARRAY[a."id"]) FROM again a`);
      return rows.length > 0;
    },
  };
}

export type JobStore = ReturnType<typeof createJobStore>;
