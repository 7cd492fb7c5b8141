import { LEASE_TTL_MS } from "@/server/domain/sessions/tunables";
import type { Leases } from "@/server/domain/sessions/types";
import type { OwnerId } from "@/server/platform/scope";
import type { DbClient, ModelDatabase } from "./model-database";
import type { HeadRow } from "./tables";

function set(head: HeadRow, change: Partial<HeadRow>): true {
  Object.assign(head, change);
  return true;
}

/** The statements of server/domain/sessions/leases.ts. */
export function createModelLeases(database: ModelDatabase, client: DbClient): Leases {
  const { heads, sessions } = database.tables;
  const { processId } = client;

  /** Changes a session's head where the fence is the newest; false where not. */
  const update = (
    what: string,
    under: { sessionId: string; fence: number },
    change: (head: HeadRow) => boolean,
  ) =>
    database.query(client, `${what} under fence ${under.fence}`, () => {
      const head = heads.get(under.sessionId);
      return head !== undefined && head.fence === under.fence && change(head);
    });

  return {
    claim: (sessionId) =>
      database.query(client, "claim", () => {
        const head = heads.get(sessionId);
        const session = sessions.get(sessionId);
        if (!head || !session) return { won: false };
        const isFree =
          head.leaseOwner === null || head.leaseOwner === processId || isExpired(head, database.now);
        if (!isFree) return { won: false };
        head.fence += 1;
        head.leaseOwner = processId;
        head.leaseExpiresAt = database.now + LEASE_TTL_MS;
        if (head.standby === processId) head.standby = null;
        head.standbyFence = null;
        database.tables.noteHolder(sessionId, head.fence, processId);
        const { fence, cliServer, cliSession, memoryFromSeq } = head;
        return {
          won: true,
          lease: {
            sessionId,
            owner: session.ownerId as OwnerId,
            fence,
            cliServer,
            cliSession,
            memoryFromSeq,
          },
        };
      }),
    async renew(sessionIds) {
      if (sessionIds.length === 0) return;
      await database.query(client, "renew", () => {
        for (const sessionId of sessionIds) {
          const head = heads.get(sessionId);
          if (head?.leaseOwner === processId) head.leaseExpiresAt = database.now + LEASE_TTL_MS;
        }
      });
    },
    async release(sessionId, fence) {
      await update("release", { sessionId, fence }, (head) => {
        if (head.leaseOwner !== processId) return false;
        return set(head, { leaseOwner: null, leaseExpiresAt: null, standby: null, standbyFence: null });
      });
    },
    isNewest: (sessionId, fence) =>
      database.query(client, "newest fence", () => heads.get(sessionId)?.fence === fence),
    holds: (sessionId, fence) =>
      update("holds", { sessionId, fence }, (head) => {
        if (head.leaseOwner !== processId) return false;
        return set(head, { leaseExpiresAt: database.now + LEASE_TTL_MS });
      }),
    setServer: (sessionId, fence, at) =>
      update(`on ${at.cliServer} as ${at.cliSession.slice(0, 8)}`, { sessionId, fence }, (head) =>
        set(head, at),
      ),
    async setMemoryFrom(sessionId, fence, memoryFromSeq) {
      await update("memory", { sessionId, fence }, (head) => set(head, { memoryFromSeq }));
    },
    async setStandby(sessionId, fence, standby) {
      await update("name a standby", { sessionId, fence }, (head) =>
        set(head, { standby, standbyFence: null }),
      );
    },
    standsBy: (sessionId, fence) =>
      database.query(client, "stands by?", () => heads.get(sessionId)?.standbyFence === fence),
    standingBy: () =>
      database.query(client, "standing by", () =>
        [...heads.values()]
          .filter(({ standby }) => standby === processId)
          .map(({ sessionId, fence, cliServer, cliSession, memoryFromSeq, standbyFence }) => ({
            ...{ sessionId, fence, cliServer, cliSession, memoryFromSeq, standbyFence },
          })),
      ),
    async confirmStandby(sessionId, fence) {
      await update("stand by", { sessionId, fence }, (head) =>
        set(head, head.standby === processId ? { standbyFence: fence } : {}),
      );
    },
  };
}

/** Whether nobody holds the lease any more, however long ago that was noted. */
export const isExpired = ({ leaseExpiresAt }: HeadRow, now: number): boolean =>
  leaseExpiresAt !== null && leaseExpiresAt < now;
