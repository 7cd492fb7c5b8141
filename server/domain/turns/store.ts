import { type Db, Prisma, violatedUnique } from "@/server/db/client";
import type { OwnerId } from "@/server/platform/scope";
import type { Limits } from "./types";

export type TurnRow = Prisma.TurnGetPayload<object>;
/** A queued or running turn, with what its runner needs of the session. */
export type ActiveTurn = Pick<
  TurnRow,
  "id" | "sessionId" | "seq" | "prompt" | "status" | "abortRequestedAt" | "cliServer"
> & {
  sessionModel: string | null;
  titleSource: string;
  /** The server to which an administrator has moved the session. */
  moveTo: string | null;
};
export type NewTurn = {
  id: string;
  sessionId: string;
  idempotencyKey: string;
  prompt: string;
  retryOf: string | null;
  /** The API token with which it is sent. */
  tokenId: string | null;
};

/** What decides whether a turn may start: see `admit_turn` in the migration. `servers`: those that may get it. */
export type Admission = {
  turnId: string;
  owner: OwnerId;
  preferredId: string | null;
  servers: readonly string[];
  limits: Limits;
};

/** A condition under which one more turn of an API token may run or wait, beside another; nothing where none was used. */
const tokenRoomSql = (tokenId: string | null, { turnsPerToken }: Limits): Prisma.Sql =>
  tokenId === null ? Prisma.empty : Prisma.sql` AND token_has_room(${tokenId}::uuid, ${turnsPerToken}::int)`;

/** The server on which a turn may start, as the `first` of an append; no row where it has to wait. `tokenId`: of a turn that
 *  is not stored yet, the API token with which it is sent. */
export const admitSql = (
  { turnId, owner, preferredId, servers, limits }: Admission,
  tokenId: string | null = null,
): Prisma.Sql => Prisma.sql`
  SELECT a."cliServer" FROM (
    SELECT admit_turn(${turnId}::uuid, ${owner}::uuid, ${preferredId}::text, ${servers}::text[],
                      ${limits.turnsPerServer}::int, ${limits.turnsPerPerson}::int) AS "cliServer" FROM held) AS a
  WHERE a."cliServer" IS NOT NULL${tokenRoomSql(tokenId, limits)}`;

/** The server in the row that `admitSql` or `startSql` gave. */
export const admittedTo = (first: unknown): string => (first as { cliServer: string }).cliServer;

/** A row where one more turn of this person may wait, as the `first` of an append. */
export const queueRoomSql = (owner: OwnerId, limits: Limits, tokenId: string | null = null) => Prisma.sql`
  SELECT 1 AS "room" FROM held
  WHERE queue_has_room(${owner}::uuid, ${limits.queued}::int, ${limits.queuedPerPerson}::int,
                       ${limits.turnsPerPerson}::int)${tokenRoomSql(tokenId, limits)}`;

/** The place of a turn that waits. `isNext`: it waits for servers, not for its own person's other turns. */
export type QueuePlace = { turnId: string; sessionId: string; isNext: boolean; position: number };

/** Active turns with one status on one server (null: on none yet); how old the oldest is. */
export type ActiveCount = {
  status: "queued" | "running";
  cliServer: string | null;
  turns: number;
  oldestMs: number;
};

/** Turns of a person that run and wait, those of them that were sent with one token, and how many of all may run. */
export type Load = { turns: number; ofToken: number; mayRun: number };

/** What a process looks for among the turns that nobody drives. */
export type Sweep = {
  rows: number;
  queuedStaleMs: number;
  processId: string;
  /** Sessions that have a place in the queue in this process. */
  waiting: readonly string[];
};

/** Which rule a new turn broke. */
export type TurnConflict = "same_key" | "turn_active";

/** The statement that inserts a queued turn with the number of its `user.message`, inside an append. */
export const insertSql = (turn: NewTurn): Prisma.Sql => Prisma.sql`
  INSERT INTO "Turn" ("id", "sessionId", "idempotencyKey", "prompt", "retryOf", "tokenId", "seq")
  SELECT ${turn.id}::uuid, ${turn.sessionId}::uuid, ${turn.idempotencyKey}, ${turn.prompt},
         ${turn.retryOf}::uuid, ${turn.tokenId}::uuid, head."lastSeq" FROM head`;

/** The statement that inserts a turn as running, inside an append of its `user.message` and `turn.started` whose
 *  `first` was `admitSql`. */
export const insertStartedSql = (
  turn: NewTurn,
  fence: number,
  model: string | null,
): Prisma.Sql => Prisma.sql`
  INSERT INTO "Turn" ("id", "sessionId", "idempotencyKey", "prompt", "retryOf", "tokenId", "seq",
                      "status", "fence", "model", "cliServer", "startedAt")
  SELECT ${turn.id}::uuid, ${turn.sessionId}::uuid, ${turn.idempotencyKey}, ${turn.prompt}, ${turn.retryOf}::uuid,
         ${turn.tokenId}::uuid, head."lastSeq" - 1, 'running', ${fence}, ${model}, first."cliServer", now() FROM head, first`;

/** The statement that notes activity on a session, inside an append. */
export const touchSql = (sessionId: string): Prisma.Sql => Prisma.sql`
  UPDATE "CopilotSession" SET "lastActivityAt" = now(), "archivedAt" = NULL
  WHERE "id" = ${sessionId}::uuid AND EXISTS (SELECT 1 FROM head)`;

/** The statement that names a session nobody has named, inside an append. */
export const titleSql = (sessionId: string, title: string): Prisma.Sql => Prisma.sql`
  UPDATE "CopilotSession" SET "title" = ${title}, "titleSource" = 'prompt'
  WHERE "id" = ${sessionId}::uuid AND "titleSource" = 'default' AND EXISTS (SELECT 1 FROM head)`;

/** Queued → running where it is admitted, as the `first` of an append under `fence`; answers like `admitSql`. */
export const startSql = (admission: Admission, fence: number, model: string | null): Prisma.Sql => Prisma.sql`
  UPDATE "Turn" t
  SET "status" = 'running', "fence" = ${fence}, "model" = ${model}, "cliServer" = a."cliServer", "startedAt" = now()
  FROM (${admitSql(admission)}) AS a
  WHERE t."id" = ${admission.turnId}::uuid AND t."status" = 'queued' RETURNING t."cliServer"`;

/** Has a queued turn told a place in the queue that is new to it, as the `first` of the append that says so. */
export const placeSql = (turnId: string, position: number): Prisma.Sql => Prisma.sql`
  UPDATE "Turn" SET "position" = ${position}
  WHERE "id" = ${turnId}::uuid AND "status" = 'queued' AND "position" IS DISTINCT FROM ${position}
    AND EXISTS (SELECT 1 FROM held) RETURNING "id"`;

type End = {
  turnId: string;
  from: "queued" | "running";
  status: string;
  code?: string;
  message?: string;
  /** When the first text of the answer was heard; null where there was none. */
  firstTextAt: Date | null;
};

/** Active → ended, once, as the `first` of the append that says so: there is never the one without the other. */
export const endSql = ({ turnId, from, status, code, message, firstTextAt }: End): Prisma.Sql => Prisma.sql`
  UPDATE "Turn" SET "status" = ${status}::"TurnStatus", "code" = ${code ?? null}, "message" = ${message ?? null},
    "firstTextAt" = ${firstTextAt}::timestamptz, "endedAt" = now()
  WHERE "id" = ${turnId}::uuid AND "status" = ${from}::"TurnStatus" AND EXISTS (SELECT 1 FROM held)
  RETURNING "id"`;

/** The statement that notes who stopped a turn, done where this condition holds. */
export type StopNote = (where: Prisma.Sql) => Prisma.Sql;

/** The note, as one of the `also` of an append. */
export const noteInAppend = (note: StopNote): Prisma.Sql => note(Prisma.sql`EXISTS (SELECT 1 FROM head)`);

/** Which rule of the table a failed insert broke; null for any other error. */
export function turnConflict(error: unknown): TurnConflict | null {
  const violated = violatedUnique(error);
  if (violated === null) return null;
  return violated.includes("idempotencyKey") ? "same_key" : "turn_active";
}

/** The turns room's rows. */
export function createTurnStore(db: Db) {
  return {
    find: (owner: OwnerId, turnId: string): Promise<TurnRow | null> =>
      db.turn.findFirst({ where: { id: turnId, session: { ownerId: owner } } }),
    findByKey: (owner: OwnerId, sessionId: string, idempotencyKey: string): Promise<TurnRow | null> =>
      db.turn.findFirst({ where: { sessionId, idempotencyKey, session: { ownerId: owner } } }),
    findActive: (owner: OwnerId, sessionId: string): Promise<TurnRow | null> =>
      db.turn.findFirst({
        where: { sessionId, status: { in: ["queued", "running"] }, session: { ownerId: owner } },
      }),
    activeOf: (owner: OwnerId): Promise<TurnRow[]> =>
      db.turn.findMany({ where: { status: { in: ["queued", "running"] }, session: { ownerId: owner } } }),
    countActive: (): Promise<ActiveCount[]> =>
      db.$direct<ActiveCount>(Prisma.sql`
        SELECT t."status", t."cliServer", count(*)::int AS "turns",
               extract(epoch FROM now() - min(t."createdAt"))::float8 * 1000 AS "oldestMs"
        FROM "Turn" t WHERE t."status" IN ('queued', 'running') GROUP BY 1, 2`),
    /** How many turns of a person, and of one of their API tokens, run and wait; and how many of the person may run. */
    async load(owner: OwnerId, tokenId: string | null, { turnsPerPerson }: Limits): Promise<Load> {
      const [load] = await db.$direct<Load>(Prisma.sql`
        SELECT count(t."id")::int AS "turns", count(*) FILTER (WHERE t."tokenId" = ${tokenId}::uuid)::int AS "ofToken",
               COALESCE(u."turnsMax", ${turnsPerPerson}::int) AS "mayRun"
        FROM "User" u LEFT JOIN "CopilotSession" s ON s."ownerId" = u."id"
        LEFT JOIN "Turn" t ON t."sessionId" = s."id" AND t."status" IN ('queued', 'running')
        WHERE u."id" = ${owner}::uuid GROUP BY u."id"`);
      return load ?? { turns: 0, ofToken: 0, mayRun: turnsPerPerson };
    },
    /** Active turns of people who were disabled or suspended, that nobody has asked to stop yet. */
    ofShutOut: (
      rows: number,
    ): Promise<(Pick<TurnRow, "id" | "sessionId" | "status"> & { ownerId: OwnerId })[]> =>
      db.$direct(Prisma.sql`
        SELECT t."id", t."sessionId", t."status", s."ownerId"
        FROM "Turn" t JOIN "CopilotSession" s ON s."id" = t."sessionId" JOIN "User" u ON u."id" = s."ownerId"
        WHERE t."status" IN ('queued', 'running') AND t."abortRequestedAt" IS NULL
          AND (u."disabledAt" IS NOT NULL OR u."suspendedAt" IS NOT NULL)
        LIMIT ${rows}::int`),
    ownsSession: async (owner: OwnerId, sessionId: string): Promise<boolean> =>
      (await db.copilotSession.count({ where: { id: sessionId, ownerId: owner, head: { isNot: null } } })) >
      0,
    /** Notes that a running turn is to stop; `note` is done where it is. */
    async requestAbort(owner: OwnerId, turnId: string, note?: StopNote): Promise<void> {
      const asked = Prisma.sql`
        UPDATE "Turn" t SET "abortRequestedAt" = now() FROM "CopilotSession" s
        WHERE t."id" = ${turnId}::uuid AND t."status" = 'running'
          AND s."id" = t."sessionId" AND s."ownerId" = ${owner}::uuid RETURNING t."id"`;
      const noted = note
        ? Prisma.sql`, noted AS (${note(Prisma.sql`EXISTS (SELECT 1 FROM asked)`)})`
        : Prisma.empty;
      await db.$executeRaw`WITH asked AS (${asked}) ${noted} SELECT 1 FROM asked`;
    },
    /** The session's active turn, for its runner. */
    async active(sessionId: string): Promise<ActiveTurn | null> {
      const rows = await db.$direct<ActiveTurn>(Prisma.sql`
        SELECT t."id", t."sessionId", t."seq", t."prompt", t."status", t."abortRequestedAt", t."cliServer",
               s."model" AS "sessionModel", s."titleSource", h."moveTo"
        FROM "Turn" t JOIN "CopilotSession" s ON s."id" = t."sessionId" JOIN "SessionHead" h ON h."sessionId" = s."id"
        WHERE t."sessionId" = ${sessionId}::uuid AND t."status" IN ('queued', 'running')`);
      return rows[0] ?? null;
    },
    /** Notes under `fence`, where that is the session's newest, that a running turn is taken up again; answers how
     *  often it was, null where the fence or the turn is not what it was. */
    async takeUp(sessionId: string, turnId: string, fence: number): Promise<number | null> {
      const rows = await db.$queryRaw<{ takeUps: number }[]>`
        UPDATE "Turn" t SET "fence" = ${fence}, "takeUps" = t."takeUps" + 1 FROM "SessionHead" h
        WHERE t."id" = ${turnId}::uuid AND t."status" = 'running'
          AND h."sessionId" = ${sessionId}::uuid AND h."fence" = ${fence}
        RETURNING t."takeUps"`;
      return rows[0]?.takeUps ?? null;
    },
    /** Whether Copilot has ever answered in this session, so that there is something to remember. */
    hasAnswer: async (sessionId: string): Promise<boolean> =>
      (await db.turn.findFirst({ where: { sessionId, status: "succeeded" }, select: { id: true } })) !== null,
    /** Sessions with a queued turn whose lease is free, oldest turn first. */
    queued: (rows: number): Promise<{ sessionId: string }[]> =>
      db.$queryRaw`
        SELECT t."sessionId" FROM "Turn" t JOIN "SessionHead" h ON h."sessionId" = t."sessionId"
        WHERE t."status" = 'queued' AND (h."leaseOwner" IS NULL OR h."leaseExpiresAt" < now())
        ORDER BY t."createdAt" LIMIT ${rows}`,
    /** Sessions with a turn that nobody drives (no lease, or one that ran out): a running one, or one that has been
     *  queued for `queuedStaleMs`. The latter also where `processId` holds the lease and is not waiting for room with
     *  it, because it may not have heard of the turn. */
    abandoned: ({ rows, queuedStaleMs, processId, waiting }: Sweep): Promise<{ sessionId: string }[]> =>
      db.$queryRaw`
        SELECT t."sessionId" FROM "Turn" t JOIN "SessionHead" h ON h."sessionId" = t."sessionId",
        LATERAL (SELECT h."leaseOwner" IS NULL OR h."leaseExpiresAt" < now() AS "isFree") l
        WHERE t."status" = 'running' AND l."isFree"
           OR t."status" = 'queued' AND t."createdAt" < now() - make_interval(secs => ${queuedStaleMs / 1000}::float8)
              AND (l."isFree" OR h."leaseOwner" = ${processId} AND NOT h."sessionId" = ANY(${waiting}::uuid[]))
        ORDER BY t."createdAt" LIMIT ${rows}`,
    /** The turns that wait and may start now on these servers, first come first. */
    next: (servers: readonly string[], limits: Limits, rows: number): Promise<{ sessionId: string }[]> =>
      db.$direct(Prisma.sql`
        SELECT w."sessionId" FROM waiting_turns(${limits.turnsPerPerson}::int) w
        WHERE w."isNext" AND w."position" <= (
          SELECT sum(r."room") FROM room_on_servers(${servers}::text[], ${limits.turnsPerServer}::int) r)
        ORDER BY w."position" LIMIT ${rows}`),
    /** The places of those of these turns that still wait. */
    places: (turnIds: readonly string[], limits: Limits): Promise<QueuePlace[]> =>
      db.$direct(Prisma.sql`
        SELECT w."turnId", w."sessionId", w."isNext", w."position"::int
        FROM waiting_turns(${limits.turnsPerPerson}::int) w WHERE w."turnId" = ANY(${turnIds}::uuid[])`),
    /** Notes under `fence` that a running turn is on another server than before. */
    async move(turnId: string, fence: number, cliServer: string): Promise<void> {
      await db.turn.updateMany({ where: { id: turnId, fence, status: "running" }, data: { cliServer } });
    },
  };
}

export type TurnStore = ReturnType<typeof createTurnStore>;
