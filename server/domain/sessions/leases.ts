import { type Db, Prisma } from "@/server/db/client";
import type { OwnerId } from "@/server/platform/scope";
import { CLI_SESSION } from "./store";
import { FORMER_KEPT_MS, LEASE_TTL_MS } from "./tunables";
import type { Lease, Leases, StandbyDuty } from "./types";

const FORMER_KEPT = Prisma.sql`make_interval(secs => ${FORMER_KEPT_MS / 1000}::float8)`;
const TTL = Prisma.sql`make_interval(secs => ${LEASE_TTL_MS / 1000}::float8)`;

/** `processId` names this process among all that share the database. */
export function createLeases(db: Db, processId: string): Leases {
  return {
    async claim(sessionId) {
      const rows = await db.$queryRaw<(Omit<Lease, "sessionId" | "owner"> & { ownerId: string })[]>`
        UPDATE "SessionHead" h
        SET "fence" = h."fence" + 1, "leaseOwner" = ${processId}, "leaseExpiresAt" = now() + ${TTL},
            "standby" = NULLIF(h."standby", ${processId}), "standbyFence" = NULL
        FROM "CopilotSession" s
        WHERE h."sessionId" = ${sessionId}::uuid AND s."id" = h."sessionId"
          AND (h."leaseOwner" IS NULL OR h."leaseOwner" = ${processId} OR h."leaseExpiresAt" < now())
        RETURNING h."fence", h."cliServer", ${CLI_SESSION} AS "cliSession", h."memoryFromSeq", s."ownerId"`;
      const row = rows[0];
      if (!row) return { won: false };
      const { ownerId, ...rest } = row;
      return { won: true, lease: { sessionId, owner: ownerId as OwnerId, ...rest } };
    },
    async renew(sessionIds) {
      if (sessionIds.length === 0) return;
      await db.$executeRaw`
        UPDATE "SessionHead" SET "leaseExpiresAt" = now() + ${TTL}
        WHERE "leaseOwner" = ${processId} AND "sessionId" = ANY(${sessionIds}::uuid[])`;
    },
    async release(sessionId, fence) {
      await db.sessionHead.updateMany({
        where: { sessionId, fence, leaseOwner: processId },
        data: { leaseOwner: null, leaseExpiresAt: null, standby: null, standbyFence: null },
      });
    },
    holds: async (sessionId, fence) =>
      (await db.$executeRaw`
        UPDATE "SessionHead" SET "leaseExpiresAt" = now() + ${TTL}
        WHERE "sessionId" = ${sessionId}::uuid AND "fence" = ${fence} AND "leaseOwner" = ${processId}`) > 0,
    isNewest: async (sessionId, fence) => (await db.sessionHead.count({ where: { sessionId, fence } })) > 0,
    async setServer(sessionId, fence, { cliServer, cliSession }) {
      const rows = await db.$queryRaw<{ sessionId: string }[]>`
        WITH former AS (
          SELECT h."sessionId", ${CLI_SESSION} AS "cliSession" FROM "SessionHead" h
          WHERE h."sessionId" = ${sessionId}::uuid AND h."fence" = ${fence} FOR NO KEY UPDATE),
        left_behind AS (
          INSERT INTO "SessionTombstone" ("sessionId", "cliServer", "retryAt")
          SELECT "cliSession", ${cliServer}, now() + ${FORMER_KEPT} FROM former WHERE "cliSession" <> ${cliSession}
          ON CONFLICT DO NOTHING)
        UPDATE "SessionHead" SET "cliServer" = ${cliServer}, "cliSession" = ${cliSession},
          "moveTo" = NULLIF("moveTo", ${cliServer})
        WHERE "sessionId" IN (SELECT "sessionId" FROM former) RETURNING "sessionId"`;
      return rows.length > 0;
    },
    async setMemoryFrom(sessionId, fence, memoryFromSeq) {
      await db.sessionHead.updateMany({ where: { sessionId, fence }, data: { memoryFromSeq } });
    },
    async setStandby(sessionId, fence, standby) {
      await db.sessionHead.updateMany({ where: { sessionId, fence }, data: { standby, standbyFence: null } });
    },
    async standsBy(sessionId, fence) {
      return (await db.sessionHead.count({ where: { sessionId, standbyFence: fence } })) > 0;
    },
    standingBy: () => db.$queryRaw<StandbyDuty[]>`
      SELECT h."sessionId", h."fence", h."cliServer", ${CLI_SESSION} AS "cliSession", h."memoryFromSeq",
             h."standbyFence"
      FROM "SessionHead" h WHERE h."standby" = ${processId}`,
    async confirmStandby(sessionId, fence) {
      await db.sessionHead.updateMany({
        where: { sessionId, fence, standby: processId },
        data: { standbyFence: fence },
      });
    },
  };
}
