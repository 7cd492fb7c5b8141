import type { AuditFilter } from "@/lib/contracts/audit";
import { type Db, Prisma } from "@/server/db/client";
import { literally } from "@/server/db/like";
import type { AuditEntry } from "./types";

/** An event as stored, with the fields that its hash covers as the database writes them. */
export type AuditRow = {
  seq: number;
  at: Date;
  actorId: string | null;
  actorName: string | null;
  address: string | null;
  action: string;
  targetType: string | null;
  targetId: string | null;
  targetName: string | null;
  result: "ok" | "refused" | "failed";
  code: string | null;
  details: string;
  previous: string;
  hash: string;
};

/** The lock under which the table's trigger chains events. */
const CHAIN_LOCK_KEY = 7_283_116;

const COLUMNS = Prisma.sql`"seq", "at", "actorId", "actorName", "address", "action", "targetType", "targetId",
  "targetName", "result", "code", "details"::text AS "details", "previous", "hash"`;

function whoOf(actor: AuditEntry["actor"]): {
  id: string | null;
  name: string | null;
  address: string | null;
} {
  if (!actor) return { id: null, name: null, address: null };
  if (actor.kind === "system") return { id: null, name: actor.name, address: null };
  return { id: actor.ownerId, name: actor.login, address: actor.address };
}

/** The statement that adds an event; its number, time and hashes come from the table's trigger. */
export function insertSql(entry: AuditEntry, where: Prisma.Sql = Prisma.sql`true`): Prisma.Sql {
  const { id, name, address } = whoOf(entry.actor);
  const { action, target, result = "ok", code = null, details = {} } = entry;
  return Prisma.sql`
    INSERT INTO "AuditEvent" ("actorId", "actorName", "address", "action", "targetType", "targetId", "targetName",
                              "result", "code", "details")
    SELECT ${id}::uuid, ${name}::text, ${entry.address ?? address}::text, ${action}, ${target?.type ?? null}::text,
           ${target?.id ?? null}::text, ${target?.name ?? null}::text, ${result}::"AuditResult", ${code}::text,
           ${JSON.stringify(details)}::jsonb
    WHERE ${where}`;
}

/** The same for each row of `rows`, a query that names a target ("targetId") and what else to say of it ("details"). */
export function insertEachSql(entry: Omit<AuditEntry, "target">, type: string, rows: Prisma.Sql): Prisma.Sql {
  const { id, name, address } = whoOf(entry.actor);
  const { action, result = "ok", code = null, details = {} } = entry;
  return Prisma.sql`
    INSERT INTO "AuditEvent" ("actorId", "actorName", "address", "action", "targetType", "targetId", "result", "code",
                              "details")
    SELECT ${id}::uuid, ${name}::text, ${entry.address ?? address}::text, ${action}, ${type}, r."targetId",
           ${result}::"AuditResult", ${code}::text, ${JSON.stringify(details)}::jsonb || r."details"
    FROM (${rows}) AS r`;
}

function conditionsOf({ person, actions, target, result, from, to }: AuditFilter): Prisma.Sql[] {
  return [
    ...(person ? [Prisma.sql`lower("actorName") LIKE ${`${literally(person.toLowerCase())}%`}`] : []),
    ...(actions?.length ? [Prisma.sql`"action" = ANY(${actions}::text[])`] : []),
    ...(target ? [Prisma.sql`"targetId" = ${target}`] : []),
    ...(result ? [Prisma.sql`"result" = ${result}::"AuditResult"`] : []),
    ...(from ? [Prisma.sql`"at" >= ${from}`] : []),
    ...(to ? [Prisma.sql`"at" < ${to}`] : []),
  ];
}

/** The audit room's rows, which can only be added and read. */
export function createAuditStore(db: Db) {
  return {
    async insert(entry: AuditEntry): Promise<void> {
      await db.$executeRaw(insertSql(entry));
    },
    /** Adds an event where the same actor has none with the same action and details since `since`. */
    async insertOnce(entry: AuditEntry, since: Date): Promise<void> {
      const { id } = whoOf(entry.actor);
      const known = Prisma.sql`
        SELECT 1 FROM "AuditEvent" WHERE "actorId" IS NOT DISTINCT FROM ${id}::uuid AND "at" >= ${since}
          AND "action" = ${entry.action} AND "details" = ${JSON.stringify(entry.details ?? {})}::jsonb`;
      await db.$transaction([
        // Who adds the same at the same moment is waited for, and then seen.
        db.$executeRaw`SELECT pg_advisory_xact_lock(${CHAIN_LOCK_KEY})`,
        db.$executeRaw(insertSql(entry, Prisma.sql`NOT EXISTS (${known})`)),
      ]);
    },
    /** Newest first, before `beforeSeq`. */
    newest: (filter: AuditFilter, beforeSeq: number | null, limit: number): Promise<AuditRow[]> => {
      const before = beforeSeq === null ? [] : [Prisma.sql`"seq" < ${beforeSeq}`];
      const where = Prisma.join([Prisma.sql`true`, ...conditionsOf(filter), ...before], " AND ");
      return db.$direct<AuditRow>(
        Prisma.sql`SELECT ${COLUMNS} FROM "AuditEvent" WHERE ${where} ORDER BY "seq" DESC LIMIT ${limit}::int`,
      );
    },
    /** Oldest first, after `afterSeq`. */
    oldest: (filter: AuditFilter, afterSeq: number, limit: number): Promise<AuditRow[]> => {
      const where = Prisma.join([Prisma.sql`"seq" > ${afterSeq}`, ...conditionsOf(filter)], " AND ");
      return db.$direct<AuditRow>(
        Prisma.sql`SELECT ${COLUMNS} FROM "AuditEvent" WHERE ${where} ORDER BY "seq" LIMIT ${limit}::int`,
      );
    },
  };
}

export type AuditStore = ReturnType<typeof createAuditStore>;
