import { UNTITLED } from "@/lib/contracts/sessions";
import { type Db, Prisma } from "@/server/db/client";
import { literally } from "@/server/db/like";
import type { OwnerId } from "@/server/platform/scope";
import type { Audit, AuditEntry } from "../audit/types";
import type { Quota, Spender } from "../quotas/types";
import type { Cursor } from "./rules";

/** The id of the conversation of a head `h` on its CLI server: the session's own until it goes on in a copy. */
export const CLI_SESSION = Prisma.sql`COALESCE(h."cliSession", h."sessionId"::text)`;

/** A session with what the list shows of it. */
const WITH_STATE = {
  head: { select: { lastSeq: true } },
  // Read-only: turns are written by the turns room. The partial unique index makes this at most one row.
  turns: { where: { status: { in: ["queued", "running"] } }, select: { id: true, status: true } },
} as const satisfies Prisma.CopilotSessionInclude;

/** A session without a head is being removed: it is as if it were not there. */
const IS_THERE = { isNot: null } as const;

const fullSql = (owner: OwnerId, tokenId: string | null, { perPerson, perToken }: Quota) =>
  Prisma.sql`sessions_full(${owner}::uuid, ${tokenId}::uuid, ${perPerson}::int, ${perToken}::int)`;

/** Inside a `WITH`: leaves a tombstone for the janitor where a CLI server holds files of what is in `place`. */
export const TOMBSTONE = Prisma.sql`
  INSERT INTO "SessionTombstone" ("sessionId", "cliServer")
  SELECT "cliSession", "cliServer" FROM place WHERE "cliServer" IS NOT NULL
  ON CONFLICT DO NOTHING`;

export type SessionRow = Prisma.CopilotSessionGetPayload<{ include: typeof WITH_STATE }>;

type ListRow = Omit<SessionRow, "head" | "turns"> & {
  lastSeq: number;
  turnId: string | null;
  turnStatus: SessionRow["turns"][number]["status"] | null;
};

/** Who deletes a session, and what the audit log says of it beside. `unless`: a condition on a session `s`, under which
 *  it stays. */
export type DeletedBy = Pick<AuditEntry, "actor" | "details"> & { unless?: Prisma.Sql };

export type ListFilter = { query: string; archived: boolean; after: Cursor | null; limit: number };

/** The sessions room's rows. Every call on a person's data takes the owner first. */
export function createSessionStore(db: Db, audit: Pick<Audit, "statement">) {
  return {
    // One statement instead of Prisma's three, and a cursor that the index can jump to.
    async list(owner: OwnerId, { query, archived, after, limit }: ListFilter): Promise<SessionRow[]> {
      const isWanted = Prisma.join(
        [
          Prisma.sql`"ownerId" = ${owner}::uuid`,
          // Written out, because each has an index of its own.
          archived ? Prisma.sql`"archivedAt" IS NOT NULL` : Prisma.sql`"archivedAt" IS NULL`,
          ...(query === "" ? [] : [Prisma.sql`"title" ILIKE ${`%${literally(query)}%`}`]),
          ...(after
            ? [
                Prisma.sql`("lastActivityAt", "id") < (${after.lastActivityAt}::timestamptz, ${after.id}::uuid)`,
              ]
            : []),
        ],
        " AND ",
      );
      const rows = await db.$direct<ListRow>(Prisma.sql`
        SELECT s.*, h."lastSeq", t."id" AS "turnId", t."status" AS "turnStatus" FROM (
          SELECT * FROM "CopilotSession" WHERE ${isWanted}
          ORDER BY "lastActivityAt" DESC, "id" DESC LIMIT ${limit}::int) s
        JOIN "SessionHead" h ON h."sessionId" = s."id"
        LEFT JOIN "Turn" t ON t."sessionId" = s."id" AND t."status" IN ('queued', 'running')
        ORDER BY s."lastActivityAt" DESC, s."id" DESC`);
      return rows.map(({ lastSeq, turnId, turnStatus, ...session }) => ({
        ...session,
        head: { lastSeq },
        turns: turnId && turnStatus ? [{ id: turnId, status: turnStatus }] : [],
      }));
    },
    find: (owner: OwnerId, sessionId: string): Promise<SessionRow | null> =>
      db.copilotSession.findFirst({
        where: { id: sessionId, ownerId: owner, head: IS_THERE },
        include: WITH_STATE,
      }),
    /** Null where the owner has a session of this key already, or no room for another. One statement, because Prisma would make it a
     *  transaction, and remembers the last hundred of those together with the requests that they were made for. */
    async create(
      owner: OwnerId,
      { title, named, model, idempotencyKey, tokenId, quota }: NewSession,
    ): Promise<SessionRow | null> {
      const [row] = await db.$direct<Omit<SessionRow, "head" | "turns">>(Prisma.sql`
        WITH session AS (
          INSERT INTO "CopilotSession"
            ("id", "ownerId", "title", "titleSource", "model", "idempotencyKey", "tokenId")
          SELECT gen_random_uuid(), ${owner}::uuid, ${title},
                 ${named ? "user" : "default"}::"TitleSource", ${model}, ${idempotencyKey}, ${tokenId}::uuid
          WHERE ${fullSql(owner, tokenId, quota)} IS NULL
          ON CONFLICT ("ownerId", "idempotencyKey") WHERE "idempotencyKey" IS NOT NULL DO NOTHING
          RETURNING *),
        head AS (INSERT INTO "SessionHead" ("sessionId") SELECT "id" FROM session)
        SELECT * FROM session`);
      return row ? { ...row, head: { lastSeq: 0 }, turns: [] } : null;
    },
    /** Whose quota has no room for one more session; null: both have. */
    async fullOf(owner: OwnerId, tokenId: string | null, quota: Quota): Promise<Spender | null> {
      const [row] = await db.$direct<{ full: Spender | null }>(
        Prisma.sql`SELECT ${fullSql(owner, tokenId, quota)} AS "full"`,
      );
      return row?.full ?? null;
    },
    creationSql: (rows: Prisma.Sql): Prisma.Sql => Prisma.sql`
      session AS (
        INSERT INTO "CopilotSession" ("id", "ownerId", "title", "model")
        SELECT r."id", r."ownerId", ${UNTITLED}, r."model" FROM (${rows}) AS r RETURNING "id"),
      head AS (INSERT INTO "SessionHead" ("sessionId") SELECT "id" FROM session)`,
    findByKey: (owner: OwnerId, idempotencyKey: string): Promise<SessionRow | null> =>
      db.copilotSession.findFirst({
        where: { ownerId: owner, idempotencyKey, head: IS_THERE },
        include: WITH_STATE,
      }),
    /** The statement that applies a change to an owner's session, for use as the `first` of an append. */
    updateSql(owner: OwnerId, sessionId: string, change: SessionChange): Prisma.Sql {
      const sets = [
        ...(change.title !== undefined
          ? [Prisma.sql`"title" = ${change.title}`, Prisma.sql`"titleSource" = 'user'`]
          : []),
        ...(change.model !== undefined ? [Prisma.sql`"model" = ${change.model}`] : []),
        ...(change.archived !== undefined
          ? [change.archived ? Prisma.sql`"archivedAt" = now()` : Prisma.sql`"archivedAt" = NULL`]
          : []),
      ];
      return Prisma.sql`UPDATE "CopilotSession" SET ${Prisma.join(sets, ", ")}
        WHERE "id" = ${sessionId}::uuid AND "ownerId" = ${owner}::uuid AND EXISTS (SELECT 1 FROM held)
        RETURNING "id"`;
    },
    /** Deletes the session, with its line in the audit log, and, where a CLI server holds its files, leaves a tombstone
     *  for the janitor. False where the owner has no such session, or it stays. */
    async delete(owner: OwnerId, sessionId: string, { unless, ...by }: DeletedBy): Promise<boolean> {
      const entry = audit.statement(
        { action: "session.deleted", target: { type: "session", id: sessionId }, ...by },
        Prisma.sql`EXISTS (SELECT 1 FROM place)`,
      );
      // The head is locked first, as every append does, so the two do not deadlock.
      const rows = await db.$queryRaw<{ id: string }[]>`
        WITH place AS (
          SELECT h."sessionId", h."cliServer", ${CLI_SESSION} AS "cliSession"
          FROM "SessionHead" h JOIN "CopilotSession" s ON s."id" = h."sessionId"
          WHERE s."id" = ${sessionId}::uuid AND s."ownerId" = ${owner}::uuid
            AND NOT ${unless ?? Prisma.sql`false`} FOR UPDATE OF h),
        entry AS (${entry}),
        tombstone AS (${TOMBSTONE})
        DELETE FROM "CopilotSession" WHERE "id" IN (SELECT "sessionId" FROM place) RETURNING "id"`;
      return rows.length > 0;
    },
    /** Conversations whose files are due for removal; takes them from other processes for `retryMs`. */
    takeTombstones: (limit: number, retryMs: number): Promise<{ sessionId: string; cliServer: string }[]> =>
      db.$queryRaw`
        UPDATE "SessionTombstone" SET "attempts" = "attempts" + 1,
          "retryAt" = now() + make_interval(secs => ${retryMs / 1000}::float8)
        WHERE "sessionId" IN (
          SELECT "sessionId" FROM "SessionTombstone" WHERE "retryAt" <= now()
          ORDER BY "retryAt" LIMIT ${limit} FOR UPDATE SKIP LOCKED)
        RETURNING "sessionId", "cliServer"`,
    async buryTombstones(sessionIds: string[]): Promise<void> {
      await db.sessionTombstone.deleteMany({ where: { sessionId: { in: sessionIds } } });
    },
  };
}

type NewSession = {
  title: string;
  named: boolean;
  model: string | null;
  idempotencyKey: string | null;
  /** The API token with which it is made. */
  tokenId: string | null;
  quota: Quota;
};

export type SessionChange = { title?: string; model?: string; archived?: boolean };
export type SessionStore = ReturnType<typeof createSessionStore>;
