import { storableText } from "@/lib/contracts/text";
import type { NewEvent, WireEvent } from "@/lib/events/wire";
import { type Db, Prisma } from "@/server/db/client";
import type { Clock } from "@/server/platform/clock";
import { AppendBatch, type PlainAppend, type StoreAll } from "./append-batch";
import { EventTail } from "./event-tail";
import { FollowBatch, type Followed, type ReadAll } from "./follow-batch";
import { FOLLOW_BATCH_MAX, FOLLOW_ROWS_MAX } from "./tunables";
import type { Append, AppendGuard, EventLog } from "./types";

export type EventRow = { seq: number; turnId: string | null; type: string; data: unknown; at: Date };

// Rows are written by this module only, from the same union.
export const toWire = ({ turnId, ...row }: EventRow): WireEvent =>
  ({ ...row, ...(turnId !== null && { turnId }) }) as WireEvent;

// JSON with sorted keys and without undefined: Postgres keeps neither.
const fingerprint = (event: NewEvent | WireEvent | undefined): string | undefined => {
  if (!event) return undefined;
  const entries = Object.entries(event.data).filter(([, value]) => value !== undefined);
  return JSON.stringify([event.type, event.turnId ?? null, entries.sort()]);
};

const UNSTORABLE = /\\u0000|\\ud[89a-f]/;

// Looked for in the JSON first: nearly every text is storable.
function storable(events: NewEvent[]): NewEvent[] {
  const json = JSON.stringify(events);
  if (!UNSTORABLE.test(json)) return events;
  return JSON.parse(json, (_, value: unknown) => (typeof value === "string" ? storableText(value) : value));
}

function guardSql(guard: AppendGuard): Prisma.Sql {
  if (!("owner" in guard)) return Prisma.sql`h."fence" = ${guard.fence}`;
  const owned = Prisma.sql`s."id" = h."sessionId" AND s."ownerId" = ${guard.owner}::uuid`;
  if (!("fence" in guard)) return Prisma.sql`EXISTS (SELECT 1 FROM "CopilotSession" s WHERE ${owned})`;
  return Prisma.sql`h."fence" = ${guard.fence} AND h."moveTo" IS NULL AND EXISTS (SELECT 1 FROM "CopilotSession" s
    WHERE ${owned} AND s."model" IS NOT DISTINCT FROM ${guard.model})`;
}

const toItem = ({ type, data, turnId }: NewEvent) => ({ type, data, turnId: turnId ?? null });

/** The fence of an append that is nothing but new rows under it, as streamed text is; null for any other. */
function plainFence({ guard, fold = [], first, also = [] }: Append): number | null {
  const isPlain = fold.length === 0 && !first && also.length === 0;
  return isPlain && !("owner" in guard) ? guard.fence : null;
}

export type Stored = { lastSeq: number; first?: unknown };

/** Appends that need more than their own rows, each in a statement of its own. */
async function storeOne(
  db: Db,
  { sessionId, guard, fold = [], first, also = [], events }: Append,
  at: Date,
): Promise<Stored | undefined> {
  const statements = [
    ...(first
      ? [
          Prisma.sql`held AS (
            SELECT h."sessionId" FROM "SessionHead" h
            WHERE h."sessionId" = ${sessionId}::uuid AND ${guardSql(guard)} FOR NO KEY UPDATE)`,
          Prisma.sql`first AS (${first})`,
        ]
      : []),
    Prisma.sql`head AS (
      UPDATE "SessionHead" h SET "lastSeq" = h."lastSeq" + ${events.length}::int
      WHERE h."sessionId" = ${sessionId}::uuid
        AND ${first ? Prisma.sql`EXISTS (SELECT 1 FROM first)` : guardSql(guard)}
      RETURNING h."lastSeq")`,
    Prisma.sql`stored AS (
      INSERT INTO "Event" ("sessionId", "seq", "turnId", "type", "data", "at")
      SELECT ${sessionId}::uuid, head."lastSeq" - ${events.length}::int + e.n::int,
             (e.item->>'turnId')::uuid, e.item->>'type', e.item->'data', ${at}::timestamptz
      FROM head, jsonb_array_elements(${JSON.stringify(events.map(toItem))}::jsonb) WITH ORDINALITY AS e(item, n))`,
    ...(fold.length > 0
      ? [
          Prisma.sql`folded AS (
            DELETE FROM "Event" USING head
            WHERE "sessionId" = ${sessionId}::uuid AND "seq" = ANY(${fold}::int[]))`,
        ]
      : []),
    ...also.map((sql, index) => Prisma.sql`${Prisma.raw(`also${index}`)} AS (${sql})`),
  ];
  const given = first ? Prisma.sql`, (SELECT to_jsonb(first) FROM first) AS "first"` : Prisma.empty;
  const rows = await db.$direct<Stored>(
    Prisma.sql`WITH ${Prisma.join(statements, ", ")} SELECT "lastSeq" ${given} FROM head`,
  );
  return rows[0];
}

const storeAllIn =
  (db: Db): StoreAll =>
  async (appends) => {
    const rows = await db.$direct<{ sessionId: string; lastSeq: number }>(Prisma.sql`
      WITH item AS (
        SELECT (i->>'sessionId')::uuid AS id, (i->>'fence')::int AS fence, i->'events' AS events,
               (i->>'at')::timestamptz AS at, jsonb_array_length(i->'events') AS n
        FROM jsonb_array_elements(${JSON.stringify(appends)}::jsonb) AS i),
      head AS (
        UPDATE "SessionHead" h SET "lastSeq" = h."lastSeq" + item.n FROM item
        WHERE h."sessionId" = item.id AND h."fence" = item.fence
        RETURNING h."sessionId", h."lastSeq", item.n, item.events, item.at),
      stored AS (
        INSERT INTO "Event" ("sessionId", "seq", "turnId", "type", "data", "at")
        SELECT head."sessionId", head."lastSeq" - head.n + e.n::int,
               (e.item->>'turnId')::uuid, e.item->>'type', e.item->'data', head.at
        FROM head, jsonb_array_elements(head.events) WITH ORDINALITY AS e(item, n))
      SELECT "sessionId", "lastSeq" FROM head`);
    return new Map(rows.map(({ sessionId, lastSeq }) => [sessionId, lastSeq]));
  };

const readAllIn =
  (db: Db): ReadAll =>
  async (follows) => {
    const ids = follows.map(({ sessionId }) => sessionId);
    const afters = follows.map(({ afterSeq }) => afterSeq);
    // A session without a new event has one row all the same, which tells that it is there.
    const rows = await db.$direct<{ n: number } & (EventRow | { seq: null })>(Prisma.sql`
      SELECT f.n::int, e.* FROM unnest(${ids}::uuid[], ${afters}::int[]) WITH ORDINALITY AS f(id, after, n)
      JOIN "SessionHead" h ON h."sessionId" = f.id
      LEFT JOIN LATERAL (
        SELECT "seq", "turnId", "type", "data", "at" FROM "Event"
        WHERE "sessionId" = f.id AND "seq" > f.after ORDER BY "seq" LIMIT ${FOLLOW_ROWS_MAX}::int) e ON true
      ORDER BY f.n, e."seq"`);
    const answers: Followed[] = follows.map(() => null);
    for (const { n, ...row } of rows) {
      const answer = answers[n - 1] ?? [];
      answers[n - 1] = answer;
      if (row.seq !== null) answer.push(toWire(row));
    }
    return answers;
  };

/** The rows of all logs: what an event log stores and reads, one statement each. */
export type EventRows = {
  /** Stores an append as a whole and answers with the session's new `lastSeq`; undefined where its guard did not hold. */
  storeOne(request: Append, at: Date): Promise<Stored | undefined>;
  storeAll: StoreAll;
  readAll: ReadAll;
  /** Rows after `afterSeq`, in order; all of them where there is no `limit`, only those of `types` where given. */
  read(sessionId: string, range: { afterSeq: number; limit?: number; types?: string[] }): Promise<EventRow[]>;
};

const rowsIn = (db: Db): EventRows => ({
  storeOne: (request, at) => storeOne(db, request, at),
  storeAll: storeAllIn(db),
  readAll: readAllIn(db),
  read: (sessionId, { afterSeq, limit, types }) =>
    db.event.findMany({
      where: { sessionId, seq: { gt: afterSeq }, ...(types && { type: { in: types } }) },
      orderBy: { seq: "asc" },
      ...(limit !== undefined && { take: limit }),
      select: { seq: true, turnId: true, type: true, data: true, at: true },
    }),
});

export const createEventLog = (db: Db, clock: Clock): EventLog => createEventLogOn(rowsIn(db), clock);

/** The log on other rows than those of a database. */
export function createEventLogOn(rows: EventRows, clock: Clock): EventLog {
  const tail = new EventTail();
  const batch = new AppendBatch(rows.storeAll);
  const storePlain = async (append: PlainAppend): Promise<Stored | undefined> => {
    const lastSeq = await batch.add(append);
    return lastSeq === undefined ? undefined : { lastSeq };
  };
  const follows = new FollowBatch(rows.readAll, FOLLOW_BATCH_MAX);
  return {
    async append(request) {
      const { sessionId } = request;
      const at = clock.now();
      const events = storable(request.events);
      const fence = plainFence(request);
      const done =
        fence === null
          ? await rows.storeOne({ ...request, events }, at)
          : await storePlain({ sessionId, fence, at, events: events.map(toItem) });
      if (!done) return { won: false };
      const firstSeq = done.lastSeq - events.length + 1;
      const stored = events.map((event, index) => ({ ...event, seq: firstSeq + index, at }) as WireEvent);
      tail.push(sessionId, stored);
      return { won: true, events: stored, first: done.first };
    },
    read: async (sessionId, range) => (await rows.read(sessionId, range)).map(toWire),
    async findWritten(sessionId, afterSeq, events) {
      const types = events.map((event) => event.type);
      const found = (await rows.read(sessionId, { afterSeq, types })).map(toWire);
      const wanted = storable(events).map(fingerprint);
      const start = found.findIndex((_, index) =>
        wanted.every((print, n) => fingerprint(found[index + n]) === print),
      );
      return start < 0 ? null : found.slice(start, start + events.length);
    },
    follow: (sessionId, afterSeq) => follows.read({ sessionId, afterSeq }),
    recent: (sessionId, afterSeq) => tail.after(sessionId, afterSeq),
  };
}
