-- CreateEnum
CREATE TYPE "JobStatus" AS ENUM ('queued', 'running', 'succeeded', 'failed', 'cancelled');

-- CreateEnum
CREATE TYPE "JobPriority" AS ENUM ('high', 'normal', 'low');

-- CreateEnum
CREATE TYPE "ScheduleOverlap" AS ENUM ('skip', 'queue');

-- CreateEnum
CREATE TYPE "ScheduleMissed" AS ENUM ('skip', 'once');

-- CreateEnum
CREATE TYPE "ScheduleRunOutcome" AS ENUM ('started', 'overlap', 'missed', 'refused');

-- CreateTable
CREATE TABLE "Job" (
    "id" UUID NOT NULL,
    "ownerId" UUID NOT NULL,
    "idempotencyKey" TEXT NOT NULL,
    "asked" TEXT NOT NULL,
    "prompt" TEXT NOT NULL,
    "model" TEXT,
    "sessionId" UUID,
    "ownSession" BOOLEAN NOT NULL,
    "scheduleId" UUID,
    "priority" "JobPriority" NOT NULL DEFAULT 'normal',
    "metadata" JSONB,
    "maxAttempts" INTEGER NOT NULL,
    "deadline" TIMESTAMPTZ(3),
    "status" "JobStatus" NOT NULL DEFAULT 'queued',
    "runAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "turns" INTEGER NOT NULL DEFAULT 0,
    "waits" INTEGER NOT NULL DEFAULT 0,
    "worker" TEXT,
    "fence" INTEGER NOT NULL DEFAULT 0,
    "turnId" UUID,
    "cancelRequestedAt" TIMESTAMPTZ(3),
    "code" TEXT,
    "result" TEXT,
    "tries" JSONB NOT NULL DEFAULT '[]',
    "events" INTEGER NOT NULL DEFAULT 0,
    "lastActivityAt" TIMESTAMPTZ(3),
    "updates" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "startedAt" TIMESTAMPTZ(3),
    "endedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Job_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Schedule" (
    "id" UUID NOT NULL,
    "ownerId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "cron" TEXT NOT NULL,
    "timeZone" TEXT NOT NULL,
    "prompt" TEXT NOT NULL,
    "model" TEXT,
    "sessionId" UUID,
    "inSession" BOOLEAN NOT NULL,
    "overlap" "ScheduleOverlap" NOT NULL,
    "missed" "ScheduleMissed" NOT NULL,
    "failuresInRow" INTEGER NOT NULL DEFAULT 0,
    "maxFailures" INTEGER NOT NULL,
    "pausedAt" TIMESTAMPTZ(3),
    "pauseCode" TEXT,
    "nextRunAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Schedule_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ScheduleRun" (
    "id" UUID NOT NULL,
    "scheduleId" UUID NOT NULL,
    "dueAt" TIMESTAMPTZ(3) NOT NULL,
    "byHand" BOOLEAN NOT NULL DEFAULT false,
    "outcome" "ScheduleRunOutcome" NOT NULL,
    "moments" INTEGER NOT NULL DEFAULT 1,
    "jobId" UUID,
    "counted" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "ScheduleRun_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "Job_ownerId_createdAt_id_idx" ON "Job"("ownerId", "createdAt" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "Job_createdAt_id_idx" ON "Job"("createdAt" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "Job_sessionId_idx" ON "Job"("sessionId");

-- CreateIndex
CREATE INDEX "Job_scheduleId_idx" ON "Job"("scheduleId");

-- CreateIndex
CREATE INDEX "Job_endedAt_idx" ON "Job"("endedAt");

-- CreateIndex
CREATE UNIQUE INDEX "Job_ownerId_idempotencyKey_key" ON "Job"("ownerId", "idempotencyKey");

-- CreateIndex
CREATE INDEX "Schedule_ownerId_createdAt_idx" ON "Schedule"("ownerId", "createdAt");

-- CreateIndex
CREATE INDEX "Schedule_sessionId_idx" ON "Schedule"("sessionId");

-- CreateIndex
CREATE INDEX "Schedule_nextRunAt_idx" ON "Schedule"("nextRunAt");

-- CreateIndex
CREATE INDEX "ScheduleRun_jobId_idx" ON "ScheduleRun"("jobId");

-- CreateIndex
CREATE INDEX "ScheduleRun_dueAt_idx" ON "ScheduleRun"("dueAt");

-- CreateIndex
CREATE UNIQUE INDEX "ScheduleRun_scheduleId_dueAt_byHand_key" ON "ScheduleRun"("scheduleId", "dueAt", "byHand");

-- AddForeignKey
ALTER TABLE "Job" ADD CONSTRAINT "Job_ownerId_fkey" FOREIGN KEY ("ownerId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Job" ADD CONSTRAINT "Job_sessionId_fkey" FOREIGN KEY ("sessionId") REFERENCES "CopilotSession"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Job" ADD CONSTRAINT "Job_scheduleId_fkey" FOREIGN KEY ("scheduleId") REFERENCES "Schedule"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Schedule" ADD CONSTRAINT "Schedule_ownerId_fkey" FOREIGN KEY ("ownerId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Schedule" ADD CONSTRAINT "Schedule_sessionId_fkey" FOREIGN KEY ("sessionId") REFERENCES "CopilotSession"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ScheduleRun" ADD CONSTRAINT "ScheduleRun_scheduleId_fkey" FOREIGN KEY ("scheduleId") REFERENCES "Schedule"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ScheduleRun" ADD CONSTRAINT "ScheduleRun_jobId_fkey" FOREIGN KEY ("jobId") REFERENCES "Job"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- Jobs that run, and that wait in the order in which they start.
CREATE INDEX "Job_running_idx" ON "Job" ("ownerId") WHERE "status" = 'running';
CREATE INDEX "Job_waiting_idx" ON "Job" ("ownerId", "priority", "createdAt", "id") WHERE "status" = 'queued';
CREATE INDEX "Job_deadline_idx" ON "Job" ("deadline") WHERE "status" = 'queued';
-- Runs of schedules whose job's end is not counted yet.
CREATE INDEX "ScheduleRun_open_idx" ON "ScheduleRun" ("jobId") WHERE "jobId" IS NOT NULL AND NOT "counted";

-- Puts a message for each of these jobs into the queue, for the time at which it may start. A job has one message at most
-- that nobody has taken: a second one replaces it.
CREATE FUNCTION queue_jobs(ids uuid[]) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  IF cardinality(ids) = 0 THEN RETURN; END IF;
  PERFORM graphile_worker.add_jobs(ARRAY(
    SELECT json_populate_record(NULL::graphile_worker.job_spec, json_build_object(
      'identifier', 'job',
      'payload', json_build_object('jobId', j."id"),
      -- Stored times are rounded: what may start now is not to wait for the next look of the queue.
      'run_at', CASE WHEN j."runAt" > now() + interval '1 millisecond' THEN j."runAt" END,
      'job_key', j."id",
      'priority', CASE j."priority" WHEN 'high' THEN -1 WHEN 'normal' THEN 0 ELSE 1 END))
    FROM "Job" j WHERE j."id" = ANY(ids)));
END
$$;

-- So there is no job without a message, whoever stores it.
CREATE FUNCTION queue_new_jobs() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM queue_jobs(ARRAY(SELECT m."id" FROM made m));
  RETURN NULL;
END
$$;
CREATE TRIGGER "Job_queued" AFTER INSERT ON "Job" REFERENCING NEW TABLE AS made
  FOR EACH STATEMENT EXECUTE FUNCTION queue_new_jobs();

-- Puts the next jobs of these people that may start into the queue, where no message of theirs waits there. One that was
-- taken is no reason: whoever has it may have looked before there was room. Where they look after that, there is one too
-- many, which does no harm.
CREATE FUNCTION wake_jobs(owners uuid[], per_person integer) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM queue_jobs(ARRAY(
    SELECT n."id" FROM unnest(owners) AS o(id)
    CROSS JOIN LATERAL (
      SELECT j."id" FROM "Job" j
      WHERE j."ownerId" = o.id AND j."status" = 'queued' AND j."runAt" <= now()
        AND NOT EXISTS (SELECT 1 FROM "Job" s WHERE s."scheduleId" = j."scheduleId" AND s."status" = 'running')
      ORDER BY j."priority", j."createdAt", j."id"
      LIMIT GREATEST(0, per_person - (
        SELECT count(*) FROM "Job" r WHERE r."ownerId" = o.id AND r."status" = 'running'))) AS n
    WHERE NOT EXISTS (
      SELECT 1 FROM graphile_worker.jobs m
      WHERE m."key" = n."id"::text AND m.locked_at IS NULL AND m.attempts < m.max_attempts)));
END
$$;

-- Takes those of these jobs that `carrier`, a process, may carry: queued ones, as long as their owner has fewer than `per_person`
-- running, and no other job of their schedule runs; running ones that nobody carries any more. One statement at a time,
-- over all processes, so that the limits are exact and nobody who had to wait is forgotten: see settle_jobs.
CREATE FUNCTION claim_jobs(ids uuid[], carrier text, per_person integer) RETURNS SETOF "Job"
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  wanted uuid;
BEGIN
  PERFORM pg_advisory_xact_lock(7283121);
  FOREACH wanted IN ARRAY ids LOOP
    RETURN QUERY
    UPDATE "Job" j SET "status" = 'running', "worker" = carrier, "fence" = j."fence" + 1, "updates" = j."updates" + 1,
      "startedAt" = COALESCE(j."startedAt", now())
    WHERE j."id" = wanted AND (
      j."status" = 'running' AND (
        j."worker" IS NULL OR j."worker" = carrier OR NOT EXISTS (SELECT 1 FROM "Process" p WHERE p."id" = j."worker"))
      OR j."status" = 'queued' AND j."runAt" <= now() + interval '1 millisecond'
        AND (SELECT count(*) FROM "Job" r WHERE r."ownerId" = j."ownerId" AND r."status" = 'running') < per_person
        AND NOT EXISTS (SELECT 1 FROM "Job" s WHERE s."scheduleId" = j."scheduleId" AND s."status" = 'running'))
    RETURNING j.*;
  END LOOP;
END
$$;

-- Moves running jobs on, each under the fence of who carries it, and puts those that start again, and those that had to
-- wait for them, into the queue. Answers with the ids of those that were moved.
CREATE FUNCTION settle_jobs(moves jsonb, per_person integer) RETURNS SETOF uuid
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  moved uuid[];
BEGIN
  PERFORM pg_advisory_xact_lock(7283121);
  WITH move AS (
    SELECT * FROM jsonb_to_recordset(moves) AS m(
      "id" uuid, "fence" int, "status" "JobStatus", "code" text, "result" text, "turnId" uuid, "runInMs" float8,
      "isAttempt" boolean, "turnEnded" boolean, "try" jsonb, "events" int, "lastActivityAt" timestamptz)),
  settled AS (
    UPDATE "Job" j SET "status" = m."status", "code" = m."code", "result" = m."result",
      "turnId" = COALESCE(m."turnId", j."turnId"),
      -- One that is to be cancelled comes back at once, to end.
      "runAt" = CASE WHEN m."status" <> 'queued' THEN j."runAt" WHEN j."cancelRequestedAt" IS NOT NULL THEN now()
        ELSE now() + make_interval(secs => m."runInMs" / 1000) END,
      "attempts" = j."attempts" + m."isAttempt"::int, "turns" = j."turns" + m."turnEnded"::int,
      "waits" = CASE WHEN m."isAttempt" THEN 0 ELSE j."waits" + 1 END,
      "tries" = CASE WHEN m."try" IS NULL THEN j."tries"
        ELSE (CASE WHEN jsonb_array_length(j."tries") >= 20 THEN j."tries" - 0 ELSE j."tries" END) || m."try" END,
      "events" = GREATEST(j."events", m."events"),
      "lastActivityAt" = GREATEST(j."lastActivityAt", m."lastActivityAt"),
      "worker" = NULL, "updates" = j."updates" + 1,
      "endedAt" = CASE WHEN m."status" = 'queued' THEN NULL ELSE now() END
    FROM move m WHERE j."id" = m."id" AND j."fence" = m."fence" AND j."status" = 'running'
    RETURNING j."id")
  SELECT array_agg(s."id") INTO moved FROM settled s;
  IF moved IS NULL THEN RETURN; END IF;
  PERFORM queue_jobs(ARRAY(SELECT j."id" FROM "Job" j WHERE j."id" = ANY(moved) AND j."status" = 'queued'));
  PERFORM wake_jobs(ARRAY(SELECT DISTINCT j."ownerId" FROM "Job" j WHERE j."id" = ANY(moved)), per_person);
  RETURN QUERY SELECT unnest(moved);
END
$$;

-- The net below all that: running jobs that nobody carries any more, and jobs that may start and were forgotten, because
-- whoever had taken their message is gone. Done often, by every process that carries jobs.
CREATE FUNCTION recover_jobs(per_person integer) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7283121);
  PERFORM queue_jobs(ARRAY(
    SELECT j."id" FROM "Job" j
    WHERE j."status" = 'running'
      AND (j."worker" IS NULL OR NOT EXISTS (SELECT 1 FROM "Process" p WHERE p."id" = j."worker"))
      AND NOT EXISTS (
        SELECT 1 FROM graphile_worker.jobs m
        WHERE m."key" = j."id"::text AND m.locked_at IS NULL AND m.attempts < m.max_attempts)));
  PERFORM wake_jobs(ARRAY(
    SELECT DISTINCT j."ownerId" FROM "Job" j WHERE j."status" = 'queued' AND j."runAt" <= now()), per_person);
END
$$;
