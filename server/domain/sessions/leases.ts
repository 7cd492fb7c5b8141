import type { Db } from "@/server/db/client";
import { Prisma } from "@/server/db/client";
import type { OwnerId } from "@/server/platform/scope";
import { LEASE_TTL_MS } from "./tunables";

/** The right of one process to drive one session, and what driving needs to know. */
export type Lease = {
  sessionId: string;
  fence: number;
  owner: OwnerId;
  model: string | null;
  cliServer: string | null;
};

export type Claim = { won: true; lease: Lease } | { won: false };

/** Leases of sessions. Expiry is judged by the database's clock alone. */
export type Leases = {
  /** Takes the lease where it is free, expired, or already this process's; every take gets a higher fence.
   *  `won: false`: another process holds it, or there is no such session. */
  claim(sessionId: string): Promise<Claim>;
  /** Extends every lease of this process to `LEASE_TTL_MS` from now. */
  renewAll(): Promise<void>;
  /** Gives the lease back where the fence is still ours. */
  release(sessionId: string, fence: number): Promise<void>;
  /** Notes on whose disk the conversation is. Does nothing where the fence is not ours any more. */
  setServer(sessionId: string, fence: number, cliServer: string): Promise<void>;
};

const TTL = Prisma.sql`make_interval(secs => ${LEASE_TTL_MS / 1000}::float8)`;

/** `processId` names this process among all that share the database. */
export function createLeases(db: Db, processId: string): Leases {
  return {
    async claim(sessionId) {
      const rows = await db.$queryRaw<(Omit<Lease, "sessionId" | "owner"> & { ownerId: string })[]>`
        UPDATE "SessionHead" h
        SET "fence" = h."fence" + 1, "leaseOwner" = ${processId}, "leaseExpiresAt" = now() + ${TTL}
        FROM "CopilotSession" s
        WHERE h."sessionId" = ${sessionId}::uuid AND s."id" = h."sessionId"
          AND (h."leaseOwner" IS NULL OR h."leaseOwner" = ${processId} OR h."leaseExpiresAt" < now())
        RETURNING h."fence", h."cliServer", s."ownerId", s."model"`;
      const row = rows[0];
      if (!row) return { won: false };
      const { ownerId, ...rest } = row;
      return { won: true, lease: { sessionId, owner: ownerId as OwnerId, ...rest } };
    },
    async renewAll() {
      await db.$executeRaw`
        UPDATE "SessionHead" SET "leaseExpiresAt" = now() + ${TTL} WHERE "leaseOwner" = ${processId}`;
    },
    async release(sessionId, fence) {
      await db.sessionHead.updateMany({
        where: { sessionId, fence, leaseOwner: processId },
        data: { leaseOwner: null, leaseExpiresAt: null },
      });
    },
    async setServer(sessionId, fence, cliServer) {
      await db.sessionHead.updateMany({ where: { sessionId, fence }, data: { cliServer } });
    },
  };
}
