import { type Db, Prisma } from "@/server/db/client";
import type { Audit, AuditEntry } from "../audit/types";
import { SESSIONS_COUNTED_MAX } from "./tunables";

/** What administrators have decided about a server. `token` is sealed. */
export type StoredServer = {
  id: string;
  draining: boolean;
  added: boolean;
  token: string | null;
  removedAt: Date | null;
};

/** What a server has to do, over all processes. */
export type ServerLoad = { id: string; activeTurns: number; sessions: number };

export type FleetStore = {
  /** The servers of which anything was ever decided. */
  servers(): Promise<StoredServer[]>;
  /** How many turns run on each of these servers. */
  activeTurns(ids: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** The same with the sessions that have their conversation there, `SESSIONS_COUNTED_MAX` at most. */
  loads(ids: readonly string[]): Promise<ServerLoad[]>;
  waitingTurns(): Promise<number>;
  /** Adds a server, or brings one back that was removed; false where it is there already. Each change comes with `entry`,
   *  both or neither. */
  add(server: Pick<StoredServer, "id" | "added" | "token">, entry: AuditEntry): Promise<boolean>;
  /** Without a line in the audit log where it was so already. */
  setDraining(id: string, draining: boolean, entry: AuditEntry): Promise<void>;
  /** Its token is forgotten. False where it was removed before. */
  remove(id: string, entry: AuditEntry): Promise<boolean>;
  record(entry: AuditEntry): Promise<void>;
};

/** The fleet room's rows; of the turns and sessions it only counts what is on a server. */
export function createFleetStore(db: Db, audit: Pick<Audit, "statement" | "record">): FleetStore {
  const isChanged = Prisma.sql`EXISTS (SELECT 1 FROM changed)`;

  return {
    servers: () => db.cliServer.findMany(),
    async activeTurns(ids) {
      const rows = await db.$queryRaw<{ id: string; turns: number }[]>`
        SELECT "cliServer" AS "id", count(*)::int AS "turns" FROM "Turn"
        WHERE "status" = 'running' AND "cliServer" = ANY(${ids}::text[]) GROUP BY 1`;
      return new Map(rows.map(({ id, turns }) => [id, turns]));
    },
    loads: (ids) => db.$queryRaw<ServerLoad[]>`
      SELECT s.id, t.turns AS "activeTurns", h.sessions
      FROM unnest(${ids}::text[]) AS s(id)
      CROSS JOIN LATERAL (
        SELECT count(*)::int AS turns FROM "Turn" WHERE "status" = 'running' AND "cliServer" = s.id) t
      CROSS JOIN LATERAL (
        SELECT count(*)::int AS sessions FROM (
          SELECT 1 FROM "SessionHead" WHERE "cliServer" = s.id LIMIT ${SESSIONS_COUNTED_MAX}::int) c) h`,
    waitingTurns: () => db.turn.count({ where: { status: "queued" } }),
    async add({ id, added, token }, entry) {
      const rows = await db.$queryRaw<{ id: string }[]>`
        WITH changed AS (
          INSERT INTO "CliServer" AS s ("id", "added", "token") VALUES (${id}, ${added}, ${token})
          ON CONFLICT ("id") DO UPDATE
            SET "added" = EXCLUDED."added", "token" = EXCLUDED."token", "draining" = false, "removedAt" = NULL
            WHERE s."removedAt" IS NOT NULL OR (EXCLUDED."added" AND NOT s."added")
          RETURNING s."id"),
        entry AS (${audit.statement(entry, isChanged)})
        SELECT "id" FROM changed`;
      return rows.length > 0;
    },
    async setDraining(id, draining, entry) {
      await db.$executeRaw`
        WITH changed AS (
          INSERT INTO "CliServer" AS s ("id", "draining")
          SELECT ${id}, ${draining}
          WHERE ${draining} OR EXISTS (SELECT 1 FROM "CliServer" WHERE "id" = ${id})
          ON CONFLICT ("id") DO UPDATE SET "draining" = EXCLUDED."draining"
            WHERE s."draining" <> EXCLUDED."draining"
          RETURNING s."id")
        ${audit.statement(entry, isChanged)}`;
    },
    async remove(id, entry) {
      const rows = await db.$queryRaw<{ id: string }[]>`
        WITH changed AS (
          INSERT INTO "CliServer" AS s ("id", "removedAt") VALUES (${id}, now())
          ON CONFLICT ("id") DO UPDATE SET "removedAt" = now(), "token" = NULL, "draining" = false
            WHERE s."removedAt" IS NULL
          RETURNING s."id"),
        entry AS (${audit.statement(entry, isChanged)})
        SELECT "id" FROM changed`;
      return rows.length > 0;
    },
    record: (entry) => audit.record(entry),
  };
}
