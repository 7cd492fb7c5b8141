import { type Db, Prisma } from "@/server/db/client";
import type { OwnerId } from "@/server/platform/scope";
import type { Audit, AuditEntry } from "../../audit/types";

/** Whose session it is. */
export type Owned = { owner: OwnerId; login: string };

/** What became of a session that is to leave its CLI server. `active`: it has a turn, and stays for now. */
export type Left = { isActive: boolean; standby: string | null };

/** Who reads a conversation, and why. */
type Reading = { reader: OwnerId; reason: string; since: Date };

type LeaveOptions = {
  /** Where it goes with its next turn; null: nowhere else. */
  moveTo: string | null;
  entry: AuditEntry;
};

/** What administrators change about sessions. The owner comes first: a session that has changed hands meanwhile is not
 *  there. */
export function createSessionActs(db: Db, audit: Pick<Audit, "statement">) {
  return {
    async ownerOf(sessionId: string): Promise<Owned | null> {
      const [row] = await db.$direct<Owned>(Prisma.sql`
        SELECT u."id" AS "owner", u."login" FROM "CopilotSession" s JOIN "User" u ON u."id" = s."ownerId"
        WHERE s."id" = ${sessionId}::uuid`);
      return row ?? null;
    },
    /** Takes the lease away from whoever drives the session, and its standby, where it has no active turn: both find out
     *  when they look, and let it go. With `moveTo` that is noted, active or not. All of it with the line in the audit
     *  log; null, and nothing is done, where there is no such session, or it should only leave and is active. */
    leave: (owner: OwnerId, sessionId: string, { moveTo, entry }: LeaveOptions): Promise<Left | null> =>
      db.$transaction(async (tx) => {
        // Every prompt locks the head before it adds its turn. With the lock held, the next statement sees all of them.
        const [head] = await tx.$queryRaw<{ standby: string | null; cliServer: string | null }[]>`
          SELECT h."standby", h."cliServer" FROM "SessionHead" h JOIN "CopilotSession" s ON s."id" = h."sessionId"
          WHERE h."sessionId" = ${sessionId}::uuid AND s."ownerId" = ${owner}::uuid FOR NO KEY UPDATE OF h`;
        if (!head) return null;
        const active = await tx.turn.count({ where: { sessionId, status: { in: ["queued", "running"] } } });
        const isActive = active > 0;
        if (isActive && moveTo === null) return { isActive, standby: null };
        if (moveTo !== null) {
          await tx.sessionHead.update({
            where: { sessionId },
            data: { moveTo: head.cliServer === moveTo ? null : moveTo },
          });
        }
        const stays = isActive || (moveTo !== null && head.cliServer === moveTo);
        if (!stays) {
          await tx.sessionHead.update({
            where: { sessionId },
            data: {
              fence: { increment: 1 },
              ...{ leaseOwner: null, leaseExpiresAt: null, standby: null, standbyFence: null },
            },
          });
        }
        await tx.$executeRaw(audit.statement(entry));
        return { isActive, standby: stays ? null : head.standby };
      }),
    /** The statement that archives a session that is not, as the `first` of an append. */
    archiveSql: (owner: OwnerId, sessionId: string): Prisma.Sql => Prisma.sql`
      UPDATE "CopilotSession" SET "archivedAt" = now()
      WHERE "id" = ${sessionId}::uuid AND "ownerId" = ${owner}::uuid AND "archivedAt" IS NULL
        AND EXISTS (SELECT 1 FROM held) RETURNING "id"`,
    /** A row where this reader has not been noted with this reason since then, as the `first` of the append that notes
     *  it. Read-only: the log is the audit room's. */
    unreadSql: (sessionId: string, { reader, reason, since }: Reading): Prisma.Sql => Prisma.sql`
      SELECT 1 AS "unread" FROM held WHERE NOT EXISTS (
        SELECT 1 FROM "AuditEvent" a
        WHERE a."targetId" = ${sessionId} AND a."action" = 'session.read' AND a."result" = 'ok'
          AND a."actorId" = ${reader}::uuid AND a."details"->>'reason' = ${reason} AND a."at" > ${since})`,
    /** `entry`, as one of the `also` of an append. */
    noteSql: (entry: AuditEntry): Prisma.Sql =>
      audit.statement(entry, Prisma.sql`EXISTS (SELECT 1 FROM head)`),
  };
}

export type SessionActs = ReturnType<typeof createSessionActs>;
