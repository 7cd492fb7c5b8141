import { SCHEDULES_MAX, type ScheduleRunRow } from "@/lib/contracts/schedules";
import { type Db, Prisma } from "@/server/db/client";
import type { Place } from "@/server/platform/places";
import type { Actor, OwnerId } from "@/server/platform/scope";
import type { Audit, AuditEntry } from "../audit/types";
import type { JobMaking, NewJob } from "../jobs/types";
import type { Due } from "./rules";

export type ScheduleRow = Omit<Prisma.ScheduleGetPayload<object>, "ownerId"> & { ownerId: OwnerId };
/** A schedule whose time has come. */
export type DueRow = ScheduleRow & { nextRunAt: Date };
export type NewSchedule = Pick<
  ScheduleRow,
  | "id"
  | "name"
  | "cron"
  | "timeZone"
  | "prompt"
  | "model"
  | "sessionId"
  | "inSession"
  | "overlap"
  | "missed"
  | "maxFailures"
  | "nextRunAt"
>;
export type ScheduleChange = Partial<Omit<NewSchedule, "id">> &
  Partial<Pick<ScheduleRow, "pausedAt" | "pauseCode" | "failuresInRow">>;

/** A run whose job has ended, and that was not counted yet. */
export type EndedRun = { runId: string; scheduleId: string; status: string; code: string | null };
export type StoredRun = Omit<ScheduleRunRow, "job"> & {
  jobId: string | null;
  status: NonNullable<ScheduleRunRow["job"]>["status"] | null;
  sessionId: string | null;
  code: string | null;
  startedAt: Date | null;
  endedAt: Date | null;
};

type Act =
  | "schedule.created"
  | "schedule.changed"
  | "schedule.paused"
  | "schedule.resumed"
  | "schedule.deleted";
type Deps = { audit: Pick<Audit, "statement">; jobStatement: JobMaking["statement"] };

/** Who acts where nobody asked for it, as the audit log names it. */
const SYSTEM = { kind: "system", name: "schedules" } as const;

/** The schedules room's rows. */
export function createScheduleStore(db: Db, { audit, jobStatement }: Deps) {
  const entryOf = (action: Act, actor: AuditEntry["actor"], id: string): AuditEntry => ({
    action,
    actor,
    target: { type: "schedule", id },
  });

  /** Inside a `WITH`: notes a moment with its `job`, if it has one, where `source` has a row. */
  const runSql = (
    run: { scheduleId: string; dueAt: Date; moments: number; byHand: boolean },
    outcome: Prisma.Sql,
  ) =>
    Prisma.sql`
      INSERT INTO "ScheduleRun" ("id", "scheduleId", "dueAt", "byHand", "outcome", "moments", "jobId")
      SELECT gen_random_uuid(), ${run.scheduleId}::uuid, ${run.dueAt}::timestamptz, ${run.byHand}::boolean, ${outcome},
             ${run.moments}::int, (SELECT "id" FROM job) FROM source`;

  return {
    find: (owner: OwnerId, id: string): Promise<ScheduleRow | null> =>
      db.schedule.findFirst({ where: { id, ownerId: owner } }) as Promise<ScheduleRow | null>,
    list: (owner: OwnerId): Promise<ScheduleRow[]> =>
      db.schedule.findMany({
        where: { ownerId: owner },
        orderBy: [{ createdAt: "asc" }, { id: "asc" }],
        take: SCHEDULES_MAX,
      }) as Promise<ScheduleRow[]>,
    /** Whether the person has such a session. */
    ownsSession: async (owner: OwnerId, sessionId: string): Promise<boolean> =>
      (await db.copilotSession.count({ where: { id: sessionId, ownerId: owner, head: { isNot: null } } })) >
      0,
    /** False where the person has as many as one may have; give or take what is made at the same moment. */
    async create(actor: Actor, schedule: NewSchedule): Promise<boolean> {
      if ((await db.schedule.count({ where: { ownerId: actor.ownerId } })) >= SCHEDULES_MAX) return false;
      await db.$transaction([
        db.schedule.create({ data: { ...schedule, ownerId: actor.ownerId } }),
        db.$executeRaw(audit.statement(entryOf("schedule.created", actor, schedule.id))),
      ]);
      return true;
    },
    /** False where the person has no such schedule. */
    change: (
      actor: Actor,
      id: string,
      { action, ...change }: ScheduleChange & { action: Act },
    ): Promise<boolean> =>
      db.$transaction(async (tx) => {
        const { count } = await tx.schedule.updateMany({
          where: { id, ownerId: actor.ownerId },
          data: change,
        });
        if (count > 0) await tx.$executeRaw(audit.statement(entryOf(action, actor, id)));
        return count > 0;
      }),
    delete: (actor: Actor, id: string): Promise<boolean> =>
      db.$transaction(async (tx) => {
        const { count } = await tx.schedule.deleteMany({ where: { id, ownerId: actor.ownerId } });
        if (count > 0) await tx.$executeRaw(audit.statement(entryOf("schedule.deleted", actor, id)));
        return count > 0;
      }),

    due: (now: Date, rows: number): Promise<DueRow[]> =>
      db.$direct<DueRow>(Prisma.sql`
        SELECT s.* FROM "Schedule" s WHERE s."nextRunAt" <= ${now}::timestamptz AND s."pausedAt" IS NULL
        ORDER BY s."nextRunAt" LIMIT ${rows}::int`),
    /** Makes the job of a moment, with its run and the moment after, all or nothing. Of the processes that see the schedule
     *  due one does it; where it was changed since it was read, none. Answers with the job's id, null where there is none. */
    async fire({ id, ownerId, nextRunAt }: DueRow, due: Due, job: NewJob): Promise<string | null> {
      const [row] = await db.$direct<{ jobId: string | null }>(Prisma.sql`
        WITH source AS (
          UPDATE "Schedule" s SET "nextRunAt" = ${due.nextRunAt}::timestamptz
          WHERE s."id" = ${id}::uuid AND s."nextRunAt" = ${nextRunAt}::timestamptz AND s."pausedAt" IS NULL
          RETURNING s."overlap" = 'skip' AND EXISTS (
            SELECT 1 FROM "Job" j WHERE j."scheduleId" = s."id" AND j."status" IN ('queued', 'running')) AS "isBusy"),
        job AS (${jobStatement(
          ownerId,
          [job],
          Prisma.sql`${due.runs} AND EXISTS (SELECT 1 FROM source WHERE NOT "isBusy")`,
        )}),
        run AS (${runSql(
          { scheduleId: id, dueAt: due.dueAt, moments: due.moments, byHand: false },
          Prisma.sql`(CASE WHEN NOT ${due.runs} THEN 'missed' WHEN "isBusy" THEN 'overlap'
            WHEN EXISTS (SELECT 1 FROM job) THEN 'started' ELSE 'refused' END)::"ScheduleRunOutcome"`,
        )} ON CONFLICT DO NOTHING)
        SELECT (SELECT "id" FROM job) AS "jobId"`);
      return row?.jobId ?? null;
    },
    /** Makes a job that its owner asked for; null where there is no room for one, and then there is no run. Asked for twice
     *  in one moment, it is one job. */
    async runNow(
      owner: OwnerId,
      id: string,
      { job, now }: { job: NewJob; now: Date },
    ): Promise<string | null> {
      const [row] = await db.$direct<{ jobId: string | null }>(Prisma.sql`
        WITH job AS (${jobStatement(owner, [job])}),
        source AS (SELECT "id" FROM job),
        run AS (${runSql(
          { scheduleId: id, dueAt: now, moments: 1, byHand: true },
          Prisma.sql`'started'::"ScheduleRunOutcome"`,
        )})
        SELECT COALESCE((SELECT "id" FROM job), (
          SELECT r."jobId" FROM "ScheduleRun" r
          WHERE r."scheduleId" = ${id}::uuid AND r."dueAt" = ${now}::timestamptz AND r."byHand")) AS "jobId"`);
      return row?.jobId ?? null;
    },

    ended: (rows: number): Promise<EndedRun[]> =>
      db.$direct<EndedRun>(Prisma.sql`
        SELECT r."id" AS "runId", r."scheduleId", j."status"::text AS "status", j."code"
        FROM "ScheduleRun" r JOIN "Job" j ON j."id" = r."jobId"
        WHERE NOT r."counted" AND j."status" IN ('succeeded', 'failed', 'cancelled')
        ORDER BY j."endedAt" LIMIT ${rows}::int`),
    /** Counts how a run's job ended, once: a success forgets the failures, and the last failure that the schedule allows
     *  pauses it, with a line in the audit log. A cancelled one says nothing. True where it was paused. */
    async count({ runId, scheduleId, status, code }: EndedRun, now: Date): Promise<boolean> {
      const isFailure = Prisma.sql`${status === "failed"}`;
      const failures = Prisma.sql`CASE WHEN ${isFailure} THEN known."failuresInRow" + 1
        WHEN ${status === "succeeded"} THEN 0 ELSE known."failuresInRow" END`;
      const pauses = Prisma.sql`(${isFailure} AND known."pausedAt" IS NULL AND known."failuresInRow" + 1 >= known."maxFailures")`;
      const [row] = await db.$direct<{ isPaused: boolean }>(Prisma.sql`
        WITH run AS (
          UPDATE "ScheduleRun" SET "counted" = true WHERE "id" = ${runId}::uuid AND NOT "counted"
          RETURNING "scheduleId"),
        known AS (SELECT s.* FROM "Schedule" s JOIN run ON run."scheduleId" = s."id" FOR UPDATE OF s),
        counted AS (
          UPDATE "Schedule" s SET "failuresInRow" = ${failures},
            "pausedAt" = CASE WHEN ${pauses} THEN ${now}::timestamptz ELSE known."pausedAt" END,
            "pauseCode" = CASE WHEN ${pauses} THEN ${code ?? "internal"}::text ELSE known."pauseCode" END,
            "nextRunAt" = CASE WHEN ${pauses} THEN NULL ELSE known."nextRunAt" END
          FROM known WHERE s."id" = known."id" RETURNING s."id", ${pauses} AS "isPaused"),
        entry AS (${audit.statement(
          entryOf("schedule.paused", SYSTEM, scheduleId),
          Prisma.sql`EXISTS (SELECT 1 FROM counted WHERE "isPaused")`,
        )})
        SELECT "isPaused" FROM counted`);
      return row?.isPaused ?? false;
    },
    /** A schedule's history, newest first. */
    runs: (scheduleId: string, after: Place | null, limit: number): Promise<StoredRun[]> =>
      db.$direct<StoredRun>(Prisma.sql`
        SELECT r."id", r."dueAt", r."byHand", r."outcome", r."moments", r."jobId",
               j."status", j."sessionId", j."code", j."startedAt", j."endedAt"
        FROM "ScheduleRun" r LEFT JOIN "Job" j ON j."id" = r."jobId"
        WHERE r."scheduleId" = ${scheduleId}::uuid AND ${
          after
            ? Prisma.sql`(r."dueAt", r."id") < (${after.at}::timestamptz, ${after.id}::uuid)`
            : Prisma.sql`true`
        }
        ORDER BY r."dueAt" DESC, r."id" DESC LIMIT ${limit}::int`),
    async deleteRuns(before: Date): Promise<void> {
      await db.scheduleRun.deleteMany({ where: { dueAt: { lt: before } } });
    },
  };
}

export type ScheduleStore = ReturnType<typeof createScheduleStore>;
