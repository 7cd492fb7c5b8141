-- CreateEnum
CREATE TYPE "AuditResult" AS ENUM ('ok', 'refused', 'failed');

-- CreateEnum
CREATE TYPE "Role" AS ENUM ('user', 'auditor', 'admin');

-- AlterTable
ALTER TABLE "User" ADD COLUMN     "disabledAt" TIMESTAMPTZ(3),
ADD COLUMN     "lastSeenAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ADD COLUMN     "role" "Role" NOT NULL DEFAULT 'user',
ADD COLUMN     "turnsMax" INTEGER;

-- CreateTable
CREATE TABLE "AuditEvent" (
    "seq" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "actorId" UUID,
    "actorName" TEXT,
    "address" TEXT,
    "action" TEXT NOT NULL,
    "targetType" TEXT,
    "targetId" TEXT,
    "targetName" TEXT,
    "result" "AuditResult" NOT NULL,
    "code" TEXT,
    "details" JSONB NOT NULL,
    "previous" TEXT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "AuditEvent_pkey" PRIMARY KEY ("seq")
);

-- CreateIndex
CREATE INDEX "AuditEvent_actorId_seq_idx" ON "AuditEvent"("actorId", "seq");

-- CreateIndex
CREATE INDEX "AuditEvent_action_seq_idx" ON "AuditEvent"("action", "seq");

-- CreateIndex
CREATE INDEX "AuditEvent_targetId_seq_idx" ON "AuditEvent"("targetId", "seq");

-- Who was there before has been seen when they signed in last.
UPDATE "User" SET "lastSeenAt" = "lastSignInAt";

-- The hash of an event: SHA-256 over its fields, each with its length in bytes ("-" for none), so that no two events
-- read the same. server/domain/audit/rules.ts computes the same.
CREATE FUNCTION audit_hash(event "AuditEvent") RETURNS text LANGUAGE sql STABLE AS $$
  SELECT encode(sha256(convert_to(string_agg(
    COALESCE(octet_length(convert_to(f.field, 'UTF8')) || ':' || f.field, '-'), ',' ORDER BY f.n), 'UTF8')), 'hex')
  FROM unnest(ARRAY[
    event."previous", event."seq"::text,
    to_char(event."at" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    event."actorId"::text, event."actorName", event."address", event."action", event."targetType",
    event."targetId", event."targetName", event."result"::text, event."code", event."details"::text
  ]) WITH ORDINALITY AS f(field, n)
$$;

-- Numbers, dates and chains each event, one at a time over all connections until its transaction ends. VOLATILE, so that
-- the newest event is looked for once the lock is held.
CREATE FUNCTION chain_audit_event() RETURNS trigger LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  newest "AuditEvent";
BEGIN
  PERFORM pg_advisory_xact_lock(7283116);
  SELECT * INTO newest FROM "AuditEvent" ORDER BY "seq" DESC LIMIT 1;
  NEW."seq" := COALESCE(newest."seq", 0) + 1;
  NEW."at" := GREATEST(newest."at", date_trunc('milliseconds', clock_timestamp()));
  NEW."previous" := COALESCE(newest."hash", '');
  NEW."hash" := audit_hash(NEW);
  RETURN NEW;
END
$$;

CREATE TRIGGER chain BEFORE INSERT ON "AuditEvent" FOR EACH ROW EXECUTE FUNCTION chain_audit_event();

CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log can only be added to' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "AuditEvent"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();

-- Also the role that made the table, as long as it is no superuser.
REVOKE UPDATE, DELETE, TRUNCATE ON "AuditEvent" FROM PUBLIC, CURRENT_USER;

-- As before (see the migration "admission"), with a limit of a person's own where an administrator has set one.
CREATE OR REPLACE FUNCTION waiting_turns(per_person integer)
RETURNS TABLE ("turnId" uuid, "sessionId" uuid, "share" bigint, "isNext" boolean, "position" bigint)
LANGUAGE sql STABLE AS $$
  WITH running AS (
    SELECT s."ownerId", count(*) AS turns
    FROM "Turn" t JOIN "CopilotSession" s ON s."id" = t."sessionId"
    WHERE t."status" = 'running' GROUP BY s."ownerId"),
  waiting AS (
    SELECT t."id", t."sessionId", t."createdAt", s."ownerId", COALESCE(u."turnsMax", per_person) AS own_max,
           COALESCE(r.turns, 0)
             + row_number() OVER (PARTITION BY s."ownerId" ORDER BY t."createdAt", t."id") AS share
    FROM "Turn" t JOIN "CopilotSession" s ON s."id" = t."sessionId"
    JOIN "User" u ON u."id" = s."ownerId"
    LEFT JOIN running r ON r."ownerId" = s."ownerId"
    WHERE t."status" = 'queued')
  SELECT w."id", w."sessionId", w.share, w.share <= w.own_max,
         row_number() OVER (
           PARTITION BY w.share <= w.own_max, CASE WHEN w.share > w.own_max THEN w."ownerId" END
           ORDER BY w.share, w."createdAt", w."id")
  FROM waiting w
$$;

CREATE OR REPLACE FUNCTION admit_turn(
  turn uuid, person uuid, preferred text, servers text[], per_server integer, per_person integer)
RETURNS text
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  place record;
  own_share bigint;
  own_max bigint;
  free bigint;
  chosen text;
BEGIN
  PERFORM pg_advisory_xact_lock(7283115);
  SELECT sum(r."room"),
         (array_agg(r."server" ORDER BY COALESCE(r."server" = preferred, false) DESC, r."room" DESC, r."n")
            FILTER (WHERE r."room" > 0))[1]
  INTO free, chosen FROM room_on_servers(servers, per_server) r;
  IF chosen IS NULL THEN RETURN NULL; END IF;

  SELECT w."isNext", w."position" INTO place FROM waiting_turns(per_person) w WHERE w."turnId" = turn;
  IF NOT FOUND THEN
    SELECT COALESCE(u."turnsMax", per_person) INTO own_max FROM "User" u WHERE u."id" = person;
    SELECT count(*) + 1 INTO own_share
    FROM "Turn" t JOIN "CopilotSession" s ON s."id" = t."sessionId"
    WHERE s."ownerId" = person AND t."status" IN ('queued', 'running');
    SELECT own_share <= own_max AS "isNext", count(*) + 1 AS "position" INTO place
    FROM waiting_turns(per_person) w WHERE w."isNext" AND w."share" <= own_share;
  END IF;
  RETURN CASE WHEN place."isNext" AND place."position" <= free THEN chosen END;
END
$$;

-- Whether one more turn may wait: `waiting_max` in all, and of one person `own_waiting_max` beside those that may run.
DROP FUNCTION queue_has_room(uuid, integer, integer);
CREATE FUNCTION queue_has_room(person uuid, waiting_max integer, own_waiting_max integer, per_person integer)
RETURNS boolean
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7283115);
  RETURN (SELECT count(*) FROM "Turn" WHERE "status" = 'queued') < waiting_max
     AND (SELECT count(*) FROM "Turn" t JOIN "CopilotSession" s ON s."id" = t."sessionId"
          WHERE s."ownerId" = person AND t."status" IN ('queued', 'running'))
       < own_waiting_max + (SELECT COALESCE(u."turnsMax", per_person) FROM "User" u WHERE u."id" = person);
END
$$;
