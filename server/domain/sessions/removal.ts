import { type Db, Prisma } from "@/server/db/client";
import type { Audit } from "../audit/types";
import { CLI_SESSION, TOMBSTONE } from "./store";
import type { Removal } from "./types";

const ACTIVE = Prisma.sql`EXISTS (
  SELECT 1 FROM "Turn" t WHERE t."sessionId" = h."sessionId" AND t."status" IN ('queued', 'running'))`;

const IS_EMPTYING = Prisma.sql`NOT EXISTS (SELECT 1 FROM "SessionHead" h WHERE h."sessionId" = s."id")`;

export function createRemoval(db: Db, audit: Pick<Audit, "statementEach">): Removal {
  return {
    statement({ sessions, actor, where, also, whole }) {
      const entry = audit.statementEach(
        { action: "session.deleted", actor },
        "session",
        Prisma.sql`SELECT "sessionId"::text AS "targetId", "details" FROM place`,
      );
      const gone = whole
        ? Prisma.sql`DELETE FROM "CopilotSession" WHERE "id" IN (SELECT "sessionId" FROM place)`
        : Prisma.sql`DELETE FROM "SessionHead" WHERE "sessionId" IN (SELECT "sessionId" FROM place)`;
      // Each head is locked before any other row, as every append does. One that is locked is in use, and stays. One that was
      // changed since this statement began is judged by its new number, because the rest is judged as of that beginning.
      return Prisma.sql`
        WITH item AS (
          SELECT * FROM jsonb_to_recordset(${JSON.stringify(sessions)}::jsonb)
            AS i("id" uuid, "lastSeq" int, "events" int, "details" jsonb)),
        place AS (
          SELECT h."sessionId", h."cliServer", ${CLI_SESSION} AS "cliSession", i."events", i."details"
          FROM item i JOIN "SessionHead" h ON h."sessionId" = i."id" AND h."lastSeq" = i."lastSeq"
          JOIN "CopilotSession" s ON s."id" = h."sessionId" JOIN "User" u ON u."id" = s."ownerId"
          WHERE NOT ${ACTIVE} AND ${where} FOR UPDATE OF h SKIP LOCKED),
        entry AS (${entry}),
        tombstone AS (${TOMBSTONE}),
        gone AS (${gone}),
        also AS (${also})
        SELECT "sessionId" AS "id" FROM place`;
    },
    emptying: () =>
      db.$direct<{ id: string }>(Prisma.sql`SELECT s."id" FROM "CopilotSession" s WHERE ${IS_EMPTYING}`),
    async empty(id, rows) {
      const removed = await db.$executeRaw`
        DELETE FROM "Event" e USING "CopilotSession" s
        WHERE s."id" = ${id}::uuid AND ${IS_EMPTYING} AND e."sessionId" = s."id" AND e."seq" <= (
          SELECT max(n."seq") FROM (
            SELECT "seq" FROM "Event" WHERE "sessionId" = ${id}::uuid ORDER BY "seq" LIMIT ${rows}::int) n)`;
      if (removed === rows) return false;
      await db.$executeRaw`DELETE FROM "CopilotSession" s WHERE s."id" = ${id}::uuid AND ${IS_EMPTYING}`;
      return true;
    },
    async unknown(conversations) {
      const rows = await db.$direct<{ id: string }>(Prisma.sql`
        SELECT c.id FROM unnest(${conversations}::text[]) AS c(id)
        WHERE NOT EXISTS (SELECT 1 FROM "SessionHead" h WHERE h."sessionId" = c.id::uuid)
          AND NOT EXISTS (SELECT 1 FROM "SessionHead" h WHERE h."cliSession" = c.id)
          AND NOT EXISTS (SELECT 1 FROM "SessionTombstone" t WHERE t."sessionId" = c.id)`);
      return rows.map(({ id }) => id);
    },
    bury: ({ cliServer, conversations, where, also }) => Prisma.sql`
      WITH place AS (
        SELECT c.id AS "cliSession", ${cliServer}::text AS "cliServer"
        FROM unnest(${conversations}::text[]) AS c(id) WHERE ${where}),
      tombstone AS (${TOMBSTONE} RETURNING 1),
      settled AS (SELECT count(*)::int AS "rows" FROM tombstone),
      also AS (${also})
      SELECT "rows" FROM settled`,
    placed: (after, idleSince, limit) =>
      db.$direct(Prisma.sql`
        SELECT h."sessionId" AS "id", h."cliServer", ${CLI_SESSION} AS "cliSession", h."lastSeq", h."fence"
        FROM "SessionHead" h JOIN "CopilotSession" s ON s."id" = h."sessionId"
        -- Said of both tables: a join by merging would else read the sessions from the first one on, for every page.
        WHERE h."sessionId" > ${after}::uuid AND s."id" > ${after}::uuid AND h."cliServer" IS NOT NULL AND h."leaseOwner" IS NULL
          AND s."lastActivityAt" < ${idleSince}::timestamptz AND NOT ${ACTIVE}
        ORDER BY h."sessionId" LIMIT ${limit}::int`),
    forget: ({ sessions, where, also }) => Prisma.sql`
      WITH item AS (
        SELECT * FROM jsonb_to_recordset(${JSON.stringify(sessions)}::jsonb)
          AS i("id" uuid, "cliServer" text, "cliSession" text, "lastSeq" int, "fence" int)),
      place AS (
        SELECT h."sessionId", h."cliServer", i."cliSession"
        FROM item i JOIN "SessionHead" h ON h."sessionId" = i."id" AND h."fence" = i."fence"
          AND h."lastSeq" = i."lastSeq" AND h."cliServer" = i."cliServer" AND h."leaseOwner" IS NULL
        WHERE ${CLI_SESSION} = i."cliSession" AND NOT ${ACTIVE} AND ${where} FOR UPDATE OF h SKIP LOCKED),
      tombstone AS (${TOMBSTONE}),
      forgotten AS (
        UPDATE "SessionHead" h SET "cliServer" = NULL, "cliSession" = gen_random_uuid()::text,
          "memoryFromSeq" = h."lastSeq"
        FROM place WHERE h."sessionId" = place."sessionId" RETURNING 1),
      settled AS (SELECT count(*)::int AS "rows" FROM forgotten),
      also AS (${also})
      SELECT "rows" FROM settled`,
  };
}
