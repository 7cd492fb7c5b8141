import type { NewEvent, WireEvent } from "@/lib/events/wire";
import { type Db, Prisma } from "@/server/db/client";
import type { Clock } from "@/server/platform/clock";
import type { OwnerId } from "@/server/platform/scope";
import { EventTail } from "./event-tail";

/** Who may append: the owner (prompts, renames), or the runner that holds the newest fence. */
export type AppendGuard = { owner: OwnerId } | { fence: number };

export type Append = {
  sessionId: string;
  guard: AppendGuard;
  events: NewEvent[];
  /** Numbers of the deltas that these events replace; their rows are removed in the same statement. */
  fold?: number[];
  /** A write of another room that must succeed first: a statement that returns a row. No row: nothing is written. */
  first?: Prisma.Sql;
  /** Further writes of other rooms, done together with the append; they may read `head`. */
  also?: Prisma.Sql[];
};

export type Appended = { won: true; events: WireEvent[] } | { won: false };

/** The log of all sessions: numbered rows, without gaps or duplicates, in one order for everybody. */
export type EventLog = {
  /** Numbers and stores `events` in one statement, all or none, then is visible to every reader.
   *  `won: false`: the guard did not hold (not the owner's, deleted, or a newer fence) and nothing was written.
   *  Safe to call from many tasks and processes at once. Does not ring the bell. */
  append(request: Append): Promise<Appended>;
  /** Stored events after `afterSeq`, in order, at most `limit`. */
  read(sessionId: string, range: { afterSeq: number; limit: number }): Promise<WireEvent[]>;
  /** Whether an append whose answer was lost did happen: its rows, looked for after `afterSeq`; null where not. */
  findWritten(sessionId: string, afterSeq: number, events: NewEvent[]): Promise<WireEvent[] | null>;
  /** Events after `afterSeq` that this process appended just now; null where the answer needs the database. */
  recent(sessionId: string, afterSeq: number): WireEvent[] | null;
};

type Row = { seq: number; turnId: string | null; type: string; data: unknown; at: Date };

// Rows are written by this module only, from the same union.
const toWire = ({ turnId, ...row }: Row): WireEvent =>
  ({ ...row, ...(turnId !== null && { turnId }) }) as WireEvent;

// JSON with sorted keys and without undefined: Postgres keeps neither.
const fingerprint = (event: NewEvent | WireEvent | undefined): string | undefined => {
  if (!event) return undefined;
  const entries = Object.entries(event.data).filter(([, value]) => value !== undefined);
  return JSON.stringify([event.type, event.turnId ?? null, entries.sort()]);
};

const guardSql = (guard: AppendGuard): Prisma.Sql =>
  "owner" in guard
    ? Prisma.sql`EXISTS (SELECT 1 FROM "CopilotSession" s
        WHERE s."id" = h."sessionId" AND s."ownerId" = ${guard.owner}::uuid)`
    : Prisma.sql`h."fence" = ${guard.fence}`;

export function createEventLog(db: Db, clock: Clock): EventLog {
  const tail = new EventTail();
  return {
    async append({ sessionId, guard, events, fold = [], first, also = [] }) {
      const at = clock.now();
      const payload = JSON.stringify(
        events.map(({ type, data, turnId }) => ({ type, data, turnId: turnId ?? null })),
      );
      const statements = [
        ...(first ? [Prisma.sql`first AS (${first})`] : []),
        Prisma.sql`head AS (
          UPDATE "SessionHead" h SET "lastSeq" = h."lastSeq" + ${events.length}::int
          WHERE h."sessionId" = ${sessionId}::uuid AND ${guardSql(guard)}
            ${first ? Prisma.sql`AND EXISTS (SELECT 1 FROM first)` : Prisma.empty}
          RETURNING h."lastSeq")`,
        Prisma.sql`stored AS (
          INSERT INTO "Event" ("sessionId", "seq", "turnId", "type", "data", "at")
          SELECT ${sessionId}::uuid, head."lastSeq" - ${events.length}::int + e.n::int,
                 (e.item->>'turnId')::uuid, e.item->>'type', e.item->'data', ${at}::timestamptz
          FROM head, jsonb_array_elements(${payload}::jsonb) WITH ORDINALITY AS e(item, n))`,
        ...(fold.length > 0
          ? [
              Prisma.sql`folded AS (
                DELETE FROM "Event" USING head
                WHERE "sessionId" = ${sessionId}::uuid AND "seq" = ANY(${fold}::int[]))`,
            ]
          : []),
        ...also.map((sql, index) => Prisma.sql`${Prisma.raw(`also${index}`)} AS (${sql})`),
      ];
      const rows = await db.$queryRaw<{ lastSeq: number }[]>(
        Prisma.sql`WITH ${Prisma.join(statements, ", ")} SELECT "lastSeq" FROM head`,
      );
      const lastSeq = rows[0]?.lastSeq;
      if (lastSeq === undefined) return { won: false };
      const firstSeq = lastSeq - events.length + 1;
      const stored = events.map((event, index) => ({ ...event, seq: firstSeq + index, at }) as WireEvent);
      tail.push(sessionId, stored);
      return { won: true, events: stored };
    },
    async read(sessionId, { afterSeq, limit }) {
      const rows = await db.event.findMany({
        where: { sessionId, seq: { gt: afterSeq } },
        orderBy: { seq: "asc" },
        take: limit,
        select: { seq: true, turnId: true, type: true, data: true, at: true },
      });
      return rows.map(toWire);
    },
    async findWritten(sessionId, afterSeq, events) {
      const rows = (
        await db.event.findMany({
          where: { sessionId, seq: { gt: afterSeq }, type: { in: events.map((event) => event.type) } },
          orderBy: { seq: "asc" },
          select: { seq: true, turnId: true, type: true, data: true, at: true },
        })
      ).map(toWire);
      const wanted = events.map(fingerprint);
      const start = rows.findIndex((_, index) =>
        wanted.every((print, n) => fingerprint(rows[index + n]) === print),
      );
      return start < 0 ? null : rows.slice(start, start + events.length);
    },
    recent: (sessionId, afterSeq) => tail.after(sessionId, afterSeq),
  };
}
