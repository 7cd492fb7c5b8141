import {
  type AdminSessionDetails,
  type AdminSessionFilter,
  type AdminSessionRow,
  type AdminSessionSort,
  COUNTED_MAX,
} from "@/lib/contracts/admin-sessions";
import { type Db, Prisma } from "@/server/db/client";
import { literally } from "@/server/db/like";
import { CLI_SESSION } from "../../store";
import { type Order, type Position, wordsOf } from "../rules";
import { DETAIL_TURNS_MAX } from "../tunables";

/** The rows after `after` in this order; all from the first where that is null. */
export type Wanted = { filter: AdminSessionFilter; order: Order; after: Position | null; limit: number };

type Head = AdminSessionDetails["lease"] & Pick<AdminSessionDetails, "cliSession" | "memoryFromSeq">;
type StoredRow = Omit<AdminSessionRow, "owner"> & { ownerId: string; login: string; image: string | null };

// Read-only: turns, people and holds are written by rooms of their own.
const ACTIVE_TURN = Prisma.sql`"Turn" t WHERE t."sessionId" = s."id" AND t."status" IN ('queued', 'running')`;

const HELD = Prisma.sql`
  (r."targetType" = 'session' AND r."targetId" = s."id" OR r."targetType" = 'person' AND r."targetId" = s."ownerId")`;

/** Whether a session `s` is on hold, or its owner. */
export const ON_HOLD = Prisma.sql`EXISTS (SELECT 1 FROM "RetentionHold" r WHERE ${HELD})`;

// The archive is the state of a session that does nothing.
const IN_STATE = {
  running: Prisma.sql`EXISTS (SELECT 1 FROM "Turn" t WHERE t."sessionId" = s."id" AND t."status" = 'running')`,
  queued: Prisma.sql`EXISTS (SELECT 1 FROM "Turn" t WHERE t."sessionId" = s."id" AND t."status" = 'queued')`,
  idle: Prisma.sql`s."archivedAt" IS NULL AND NOT EXISTS (SELECT 1 FROM ${ACTIVE_TURN})`,
  archived: Prisma.sql`s."archivedAt" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ${ACTIVE_TURN})`,
};

const SORT_COLUMN: Record<AdminSessionSort, Prisma.Sql> = {
  lastActivityAt: Prisma.sql`s."lastActivityAt"`,
  createdAt: Prisma.sql`s."createdAt"`,
};

const directionOf = (descending: boolean) => (descending ? Prisma.sql`DESC` : Prisma.sql`ASC`);

const SHORT_WORD = /^[a-z0-9]{1,2}$/i;

// Trigrams find parts of words from three characters on; shorter ones are found where a word begins.
const hasWord = (word: string, title: Prisma.Sql): Prisma.Sql =>
  SHORT_WORD.test(word)
    ? Prisma.sql`(${title} ILIKE ${`${word}%`} OR ${title} ILIKE ${`% ${word}%`})`
    : Prisma.sql`${title} ILIKE ${`%${literally(word)}%`}`;

const INDEXED_TITLE = Prisma.sql`s."title"`;
// The same text, of which no index knows.
const READ_TITLE = Prisma.sql`(s."title" || '')`;

// Of one person the planner knows how many sessions they have.
const ownedBy = (owners: string[]): Prisma.Sql =>
  owners.length === 1
    ? Prisma.sql`s."ownerId" = ${owners[0]}::uuid`
    : Prisma.sql`s."ownerId" = ANY(${owners}::uuid[])`;

/** A filter whose owners were looked up; null: anybody's. */
type Sought = AdminSessionFilter & { owners: string[] | null };

function conditionOf(filter: Sought, title: Prisma.Sql): Prisma.Sql {
  const { query = "", owners, state, model, server } = filter;
  const { createdFrom, createdTo, activeFrom, activeTo } = filter;
  return Prisma.join(
    [
      Prisma.sql`true`,
      ...wordsOf(query).map((word) => hasWord(word, title)),
      ...(owners ? [ownedBy(owners)] : []),
      ...(state ? [IN_STATE[state]] : []),
      ...(model ? [Prisma.sql`s."model" = ${model}`] : []),
      ...(server
        ? [
            Prisma.sql`EXISTS (SELECT 1 FROM "SessionHead" h
              WHERE h."sessionId" = s."id" AND h."cliServer" = ${server})`,
          ]
        : []),
      ...(createdFrom ? [Prisma.sql`s."createdAt" >= ${createdFrom}`] : []),
      ...(createdTo ? [Prisma.sql`s."createdAt" < ${createdTo}`] : []),
      ...(activeFrom ? [Prisma.sql`s."lastActivityAt" >= ${activeFrom}`] : []),
      ...(activeTo ? [Prisma.sql`s."lastActivityAt" < ${activeTo}`] : []),
    ],
    " AND ",
  );
}

const FARTHEST = {
  after: Prisma.sql`'9999-12-31'::timestamptz`,
  before: Prisma.sql`'0001-01-01'::timestamptz`,
};

/** The order of a page, for an index: by its date; where the other date is asked for, by the distance from the farthest
 *  date there is, which the index of both dates goes through without reading what that other date leaves out. */
function indexOrder({ sort, descending }: Order, filter: AdminSessionFilter): Prisma.Sql {
  const { createdFrom, createdTo, activeFrom, activeTo } = filter;
  const other = sort === "createdAt" ? (activeFrom ?? activeTo) : (createdFrom ?? createdTo);
  const column = SORT_COLUMN[sort];
  if (!other) return Prisma.sql`${column} ${directionOf(descending)}`;
  return Prisma.sql`${column} <-> ${descending ? FARTHEST.after : FARTHEST.before}`;
}

/** The rows of the sessions in `page`, a relation with their ids. */
const rowsSql = (page: Prisma.Sql) => Prisma.sql`
  SELECT s."id", s."title", s."model", s."createdAt", s."lastActivityAt", s."archivedAt",
         u."id" AS "ownerId", u."login", u."image", h."lastSeq", h."cliServer" AS "server", h."moveTo",
         CASE WHEN h."leaseExpiresAt" > now() THEN h."leaseOwner" END AS "heldBy",
         COALESCE((SELECT t."status"::text FROM ${ACTIVE_TURN}),
                  CASE WHEN s."archivedAt" IS NULL THEN 'idle' ELSE 'archived' END) AS "state",
         (SELECT count(*)::int FROM "Turn" t WHERE t."sessionId" = s."id") AS "turns",
         ${ON_HOLD} AS "onHold"
  FROM ${page} p JOIN "CopilotSession" s ON s."id" = p."id"
  JOIN "User" u ON u."id" = s."ownerId" JOIN "SessionHead" h ON h."sessionId" = s."id"`;

function toRow({ ownerId, login, image, ...row }: StoredRow): AdminSessionRow {
  return { ...row, owner: { id: ownerId, login, image } };
}

/** Everybody's sessions, to be looked at by administrators. */
export function createSessionRows(db: Db) {
  async function ownersLike(login: string): Promise<string[]> {
    const rows = await db.$direct<{ id: string }>(Prisma.sql`
      SELECT u."id" FROM "User" u WHERE lower(u."login") LIKE ${`${literally(login.toLowerCase())}%`}`);
    return rows.map(({ id }) => id);
  }

  return {
    /** A page, and how many match, counted up to `COUNTED_MAX`, in one statement. What matches is gathered up to that
     *  number by whatever index finds it. If that was all of it, the page is taken from there; if there is more, so many
     *  match that an index of the order comes upon a page of them soon. So no filter, rare or common, reads the table. */
    async list({
      filter,
      order,
      after,
      limit,
    }: Wanted): Promise<{ items: AdminSessionRow[]; total: number }> {
      const sought: Sought = { ...filter, owners: filter.owner ? await ownersLike(filter.owner) : null };
      const column = SORT_COLUMN[order.sort];
      const direction = directionOf(order.descending);
      const beyond = order.descending ? Prisma.sql`<` : Prisma.sql`>`;
      // Said of the date alone as well, which every index understands.
      const isAfter = (key: Prisma.Sql, id: Prisma.Sql) =>
        after
          ? Prisma.sql`${key} ${beyond}= ${after.at}::timestamptz
              AND (${key}, ${id}) ${beyond} (${after.at}::timestamptz, ${after.id}::uuid)`
          : Prisma.sql`true`;
      const rows = await db.$planned<{ total: number } & (StoredRow | { id: null })>(Prisma.sql`
        WITH matched AS MATERIALIZED (
          SELECT s."id", ${column} AS "key" FROM "CopilotSession" s
          WHERE ${conditionOf(sought, INDEXED_TITLE)} LIMIT ${COUNTED_MAX}::int),
        counted AS MATERIALIZED (SELECT count(*)::int AS "total" FROM matched),
        page AS MATERIALIZED (
          (SELECT m."id", m."key" FROM matched m
           WHERE (SELECT "total" FROM counted) < ${COUNTED_MAX}::int AND ${isAfter(Prisma.sql`m."key"`, Prisma.sql`m."id"`)}
           ORDER BY m."key" ${direction}, m."id" ${direction} LIMIT ${limit}::int)
          UNION ALL
          (SELECT s."id", ${column} FROM "CopilotSession" s
           WHERE (SELECT "total" FROM counted) >= ${COUNTED_MAX}::int AND ${conditionOf(sought, READ_TITLE)}
             AND ${isAfter(column, Prisma.sql`s."id"`)}
           ORDER BY ${indexOrder(order, filter)}, s."id" ${direction} LIMIT ${limit}::int))
        SELECT c."total", s.* FROM counted c LEFT JOIN (${rowsSql(Prisma.sql`page`)}) s ON true
        ORDER BY ${column} ${direction}, s."id" ${direction}`);
      const items = rows.flatMap(({ total: _, ...row }) =>
        row.id === null ? [] : [toRow(row as StoredRow)],
      );
      return { items, total: rows[0]?.total ?? 0 };
    },
    /** False also where there is no such session. */
    async isOnHold(sessionId: string): Promise<boolean> {
      const found = await db.$direct(
        Prisma.sql`SELECT 1 FROM "CopilotSession" s WHERE s."id" = ${sessionId}::uuid AND ${ON_HOLD}`,
      );
      return found.length > 0;
    },
    /** The newest number of a session's log; 0 where there is none. */
    async lastSeq(sessionId: string): Promise<number> {
      return (await db.sessionHead.findUnique({ where: { sessionId } }))?.lastSeq ?? 0;
    },
    /** One session with its sizes; null where there is none. */
    async details(sessionId: string): Promise<Omit<AdminSessionDetails, "transcripts"> | null> {
      const page = Prisma.sql`(SELECT ${sessionId}::uuid AS "id")`;
      const [[row], [head], turns, events, errors, [hold]] = await Promise.all([
        db.$direct<StoredRow>(rowsSql(page)),
        db.$direct<Head>(Prisma.sql`
          SELECT h."fence", h."leaseOwner" AS "owner", h."leaseExpiresAt" AS "expiresAt", h."standby",
                 ${CLI_SESSION} AS "cliSession", h."memoryFromSeq"
          FROM "SessionHead" h WHERE h."sessionId" = ${sessionId}::uuid`),
        db.$direct<AdminSessionDetails["turns"][number]>(Prisma.sql`
          SELECT t."id" AS "turnId", t."seq", t."status", t."model", t."cliServer" AS "server", t."code",
                 char_length(t."prompt") AS "promptChars", t."createdAt", t."startedAt", t."firstTextAt", t."endedAt"
          FROM "Turn" t WHERE t."sessionId" = ${sessionId}::uuid ORDER BY t."seq" DESC LIMIT ${DETAIL_TURNS_MAX}::int`),
        db.$direct<AdminSessionDetails["events"][number]>(Prisma.sql`
          SELECT e."type", count(*)::int AS "count", sum(octet_length(e."data"::text))::float8 AS "bytes"
          FROM "Event" e WHERE e."sessionId" = ${sessionId}::uuid GROUP BY e."type" ORDER BY "bytes" DESC, e."type"`),
        db.$direct<AdminSessionDetails["errors"][number]>(Prisma.sql`
          SELECT t."code", count(*)::int AS "count", max(t."endedAt") AS "lastAt" FROM "Turn" t
          WHERE t."sessionId" = ${sessionId}::uuid AND t."status" = 'failed' AND t."code" IS NOT NULL
            AND t."endedAt" IS NOT NULL
          GROUP BY t."code" ORDER BY "lastAt" DESC`),
        db.$direct<NonNullable<AdminSessionDetails["hold"]>>(Prisma.sql`
          SELECT r."reason", r."heldBy" AS "by", r."heldAt" AS "at"
          FROM "CopilotSession" s JOIN "RetentionHold" r ON ${HELD}
          WHERE s."id" = ${sessionId}::uuid ORDER BY r."targetType" LIMIT 1`),
      ]);
      if (!row || !head) return null;
      const { cliSession, memoryFromSeq, ...lease } = head;
      const bytes = events.reduce((sum, each) => sum + each.bytes, 0);
      return {
        ...{ session: toRow(row), turns, lease, cliSession, memoryFromSeq },
        ...{ bytes, events, errors, hold: hold ?? null },
      };
    },
  };
}

export type SessionRows = ReturnType<typeof createSessionRows>;
