import { type Db, Prisma } from "@/server/db/client";
import type { OwnerId } from "@/server/platform/scope";
import type { Sessions } from "../../sessions/types";
import type { JobRow } from "../store";

/** A job that this process carries from now on, and what that needs to know. `mayAct`: its owner may use this server. */
export type ClaimedJob = Pick<
  JobRow,
  | "id"
  | "fence"
  | "prompt"
  | "model"
  | "sessionId"
  | "ownSession"
  | "attempts"
  | "maxAttempts"
  | "turns"
  | "waits"
  | "deadline"
  | "cancelRequestedAt"
> & { ownerId: OwnerId; login: string; mayAct: boolean };

/** How a running job goes on, under the fence of who carries it. `isAttempt`: it counts as one; `turnEnded`: its next prompt
 *  is a new turn; `try`: what is kept of the turn that ended. */
export type Move = {
  id: string;
  fence: number;
  status: "queued" | "succeeded" | "failed" | "cancelled";
  code: string | null;
  result: string | null;
  turnId: string | null;
  /** Of a job that is queued again: after how long it may start. */
  runInMs: number | null;
  isAttempt: boolean;
  turnEnded: boolean;
  try: { turnId: string | null; outcome: string; code: string | null; startedAt: Date; endedAt: Date } | null;
  events: number;
  lastActivityAt: Date | null;
};

export type Progress = Pick<Move, "id" | "fence" | "turnId" | "events" | "lastActivityAt">;
export type Moved = { jobId: string };

type Deps = {
  processId: string;
  perPerson: number;
  /** Whether a person `u` may use this server. */
  mayActSql: Prisma.Sql;
  creationSql: Sessions["creationSql"];
};

/** What moves jobs on. Every write under a fence does nothing where that is not the job's newest. */
export function createJobQueueStore(db: Db, { processId, perPerson, mayActSql, creationSql }: Deps) {
  /** Gives each of these jobs that needs one a session of its own, in one statement with noting it. */
  async function house(jobs: ClaimedJob[]): Promise<void> {
    const ids = jobs
      .filter(({ sessionId, ownSession, mayAct }) => sessionId === null && ownSession && mayAct)
      .map(({ id }) => id);
    if (ids.length === 0) return;
    const rows = await db.$direct<{ id: string; sessionId: string }>(Prisma.sql`
      WITH homeless AS MATERIALIZED (
        SELECT j."id" AS "jobId", j."ownerId", j."model", gen_random_uuid() AS "id" FROM "Job" j
        WHERE j."id" = ANY(${ids}::uuid[]) AND j."status" = 'running' AND j."worker" = ${processId}
          AND j."sessionId" IS NULL
        FOR UPDATE),
      ${creationSql(Prisma.sql`SELECT "id", "ownerId", "model" FROM homeless`)}
      UPDATE "Job" j SET "sessionId" = h."id", "updates" = j."updates" + 1 FROM homeless h WHERE j."id" = h."jobId"
      RETURNING j."id", j."sessionId"`);
    const sessionOf = new Map(rows.map(({ id, sessionId }) => [id, sessionId]));
    for (const job of jobs) job.sessionId ??= sessionOf.get(job.id) ?? null;
  }

  return {
    /** Takes those of these jobs that may be carried now (see `claim_jobs` in the migration), and sees to it that those
     *  without a session have one where they are to have their own. */
    async claim(ids: readonly string[]): Promise<Map<string, ClaimedJob>> {
      const jobs = await db.$direct<ClaimedJob>(Prisma.sql`
        SELECT c."id", c."fence", c."prompt", c."model", c."sessionId", c."ownSession", c."attempts", c."maxAttempts",
               c."turns", c."waits", c."deadline", c."cancelRequestedAt", c."ownerId", u."login", ${mayActSql} AS "mayAct"
        FROM claim_jobs(${ids}::uuid[], ${processId}::text, ${perPerson}::int) c JOIN "User" u ON u."id" = c."ownerId"`);
      await house(jobs);
      return new Map(jobs.map((job) => [job.id, job]));
    },
    /** Moves jobs on (see `settle_jobs` in the migration); answers with those that were moved. */
    settle: (moves: readonly Move[]): Promise<Moved[]> =>
      db.$direct<Moved>(
        Prisma.sql`SELECT s AS "jobId" FROM settle_jobs(${JSON.stringify(moves)}::jsonb, ${perPerson}::int) s`,
      ),
    /** Notes what a running job's turn has said. */
    async note({ id, fence, turnId, events, lastActivityAt }: Progress): Promise<void> {
      await db.$direct(Prisma.sql`
        UPDATE "Job" SET "turnId" = ${turnId}::uuid, "events" = ${events}::int, "updates" = "updates" + 1,
          "lastActivityAt" = ${lastActivityAt}::timestamptz
        WHERE "id" = ${id}::uuid AND "fence" = ${fence}::int AND "status" = 'running'`);
    },
    /** Gives a running job to whoever takes it next. */
    async giveBack({ id, fence }: Pick<ClaimedJob, "id" | "fence">): Promise<void> {
      await db.$direct(Prisma.sql`
        WITH given AS (
          UPDATE "Job" SET "worker" = NULL
          WHERE "id" = ${id}::uuid AND "fence" = ${fence}::int AND "status" = 'running' RETURNING "id")
        SELECT queue_jobs(ARRAY[g."id"]) FROM given g`);
    },
    /** Has somebody look at a job. */
    async announce(id: string): Promise<void> {
      await db.$direct(Prisma.sql`SELECT queue_jobs(ARRAY[${id}::uuid])`);
    },
    isCancelRequested: async (id: string): Promise<boolean> =>
      (await db.job.count({ where: { id, cancelRequestedAt: { not: null } } })) > 0,
    /** Puts what was forgotten into the queue: see `recover_jobs` in the migration. */
    async recover(): Promise<void> {
      await db.$direct(Prisma.sql`SELECT recover_jobs(${perPerson}::int)`);
    },
    /** Ends queued jobs whose deadline has passed at `now`; answers with their ids. One that is just taken is left to its
     *  carrier, so that nobody waits for two jobs in another order. */
    expire: (now: Date): Promise<Moved[]> =>
      db.$direct<Moved>(Prisma.sql`
        UPDATE "Job" SET "status" = 'failed', "code" = 'deadline_passed', "endedAt" = now(), "updates" = "updates" + 1
        WHERE "id" IN (
          SELECT "id" FROM "Job" WHERE "status" = 'queued' AND "deadline" <= ${now}::timestamptz
          FOR UPDATE SKIP LOCKED)
        RETURNING "id" AS "jobId"`),
    /** Deletes jobs that ended before `before`, `rows` at most; answers how many. */
    deleteEnded: (before: Date, rows: number): Promise<number> =>
      db.$executeRaw`
        DELETE FROM "Job" WHERE "id" IN (
          SELECT "id" FROM "Job" WHERE "endedAt" < ${before} ORDER BY "endedAt" LIMIT ${rows}::int
          FOR UPDATE SKIP LOCKED)`,
    /** Deletes messages that nobody reads any more: their job was given to somebody else while their reader was gone. */
    async deleteSpentMessages(): Promise<void> {
      await db.$direct(Prisma.sql`
        SELECT count(*) FROM graphile_worker.complete_jobs(ARRAY(
          SELECT m."id" FROM graphile_worker.jobs m WHERE m."key" IS NULL AND m."attempts" >= m."max_attempts"))`);
    },
  };
}

export type JobQueueStore = ReturnType<typeof createJobQueueStore>;
