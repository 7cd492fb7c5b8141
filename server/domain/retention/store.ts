import type { HoldRow, RetentionHold, RetentionPreview, RetentionRule } from "@/lib/contracts/retention";
import { type Db, Prisma } from "@/server/db/client";
import type { Actor } from "@/server/platform/scope";
import type { Audit, AuditEntry } from "../audit/types";
import type { Schedule } from "./rules";
import { COUNTED_SESSIONS_MAX, SAMPLES } from "./tunables";

/** One thing at a time changes what is deleted, or deletes (any constant works). Held until the transaction ends. */
const LOCK_KEY = 7_283_118;
const DAY_MS = 86_400_000;

export type StoredRule = RetentionRule & { id: string };
export type Target = Pick<RetentionHold, "targetType" | "targetId">;

type Act = { actor: Actor; now: Date };

/** A place in the scan of a rule: everything after it is younger. */
export type ScanCursor = { at: Date; id: string };
export type Found = ScanCursor & { lastSeq: number; events: number };

type Totals = RetentionPreview["exempt"] &
  Pick<RetentionPreview, "sessions" | "people" | "events"> & { oldest: string[]; rules: number[] };

/** By which time a rule is scanned; each has an index. */
const SCANNED_BY = {
  age: Prisma.sql`s."createdAt"`,
  idle: Prisma.sql`s."lastActivityAt"`,
  archived: Prisma.sql`s."createdAt"`,
  never_used: Prisma.sql`s."createdAt"`,
} as const;

// Both are short lists, so that they are read once and not for each session.
const ON_HOLD = Prisma.sql`(
  s."id" IN (SELECT o."targetId" FROM "RetentionHold" o WHERE o."targetType" = 'session')
  OR s."ownerId" IN (SELECT o."targetId" FROM "RetentionHold" o WHERE o."targetType" = 'person'))`;
const ACTIVE = Prisma.sql`s."id" IN (
  SELECT t."sessionId" FROM "Turn" t WHERE t."status" IN ('queued', 'running'))`;

type Deps = { audit: Audit; roleSql: Prisma.Sql };
export type Transaction = Parameters<Parameters<Db["$transaction"]>[0]>[0];

/** Does `work` in a transaction that has the clean-up for itself, over all processes. */
export const createOneAtATime =
  (db: Db) =>
  <Answer>(work: (tx: Transaction) => Promise<Answer>): Promise<Answer> =>
    db.$transaction(async (tx) => {
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(${LOCK_KEY})`;
      return work(tx);
    });

/** The rules and holds of the clean-up, and what they find. `roleSql`: the role of a person `u`. */
export function createRetentionStore(db: Db, { audit, roleSql }: Deps) {
  const oneAtATime = createOneAtATime(db);

  /** What a rule says of a session `s` of a person `u`. */
  function matches({ kind, role, days }: RetentionRule, now: Date): Prisma.Sql {
    const before = Prisma.sql`${new Date(now.getTime() - days * DAY_MS)}::timestamptz`;
    const isOld = {
      age: Prisma.sql`s."createdAt" < ${before}`,
      idle: Prisma.sql`s."lastActivityAt" < ${before}`,
      archived: Prisma.sql`s."archivedAt" < ${before}`,
      // A prompt moves the last activity, so turns need to be looked for in few sessions.
      never_used: Prisma.sql`s."createdAt" < ${before} AND s."lastActivityAt" <= s."createdAt"
        AND NOT EXISTS (SELECT 1 FROM "Turn" t WHERE t."sessionId" = s."id")`,
    }[kind];
    return role === null ? Prisma.sql`(${isOld})` : Prisma.sql`(${roleSql} = ${role}::text AND ${isOld})`;
  }

  const anyOf = (conditions: Prisma.Sql[]) =>
    conditions.length > 0 ? Prisma.sql`(${Prisma.join(conditions, " OR ")})` : Prisma.sql`false`;

  const note = (tx: Transaction, entry: AuditEntry) => tx.$executeRaw(audit.statement(entry));

  async function isThere(tx: Transaction, { targetType, targetId: id }: Target): Promise<boolean> {
    const count =
      targetType === "session"
        ? await tx.copilotSession.count({ where: { id, head: { isNot: null } } })
        : await tx.user.count({ where: { id } });
    return count > 0;
  }

  async function replaceRules(tx: Transaction, rules: RetentionRule[], { actor, now }: Act) {
    await tx.retentionRule.deleteMany();
    // One millisecond apart, so that they stay in order.
    const data = rules.map((rule, n) => ({ ...rule, createdAt: new Date(now.getTime() + n) }));
    await tx.retentionRule.createMany({ data });
    await note(tx, {
      ...{ action: "cleanup.changed", actor, target: { type: "cleanup", id: "rules" } },
      details: { rules: rules.map(describe) },
    });
  }

  async function setHold(tx: Transaction, hold: RetentionHold, { actor, now }: Act) {
    const { targetType, targetId, reason } = hold;
    const held = { reason, heldBy: actor.login, heldAt: now };
    await tx.retentionHold.upsert({
      where: { targetType_targetId: { targetType, targetId } },
      create: { targetType, targetId, ...held },
      update: held,
    });
    const target = { type: targetType, id: targetId };
    await note(tx, { action: "hold.set", actor, target, details: { reason } });
  }

  async function liftHold(tx: Transaction, { targetType, targetId }: Target, { actor }: Act) {
    const { count } = await tx.retentionHold.deleteMany({ where: { targetType, targetId } });
    if (count === 0) return;
    await note(tx, { action: "hold.lifted", actor, target: { type: targetType, id: targetId } });
  }

  const shown = (ids: string[]): Promise<RetentionPreview["samples"]> =>
    db.$direct(Prisma.sql`
      SELECT s."id", s."title", u."login" AS "owner", s."lastActivityAt", s."createdAt"
      FROM "CopilotSession" s JOIN "User" u ON u."id" = s."ownerId"
      WHERE s."id" = ANY(${ids}::uuid[]) ORDER BY s."createdAt", s."id"`);

  return {
    rules: (): Promise<StoredRule[]> =>
      db.retentionRule.findMany({
        select: { id: true, kind: true, role: true, days: true, enabled: true },
        orderBy: [{ createdAt: "asc" }, { id: "asc" }],
      }),
    holds: (): Promise<HoldRow[]> =>
      db.$direct<HoldRow>(Prisma.sql`
        SELECT o."targetType", o."targetId", o."reason", o."heldBy", o."heldAt", COALESCE(s."title", u."login") AS "name"
        FROM "RetentionHold" o
        LEFT JOIN "CopilotSession" s ON o."targetType" = 'session' AND s."id" = o."targetId"
        LEFT JOIN "User" u ON o."targetType" = 'person' AND u."id" = o."targetId"
        ORDER BY o."heldAt" DESC, o."targetId"`),
    async schedule(): Promise<Schedule> {
      const [rows, newest] = await Promise.all([
        db.retentionRule.aggregate({ where: { enabled: true }, _min: { createdAt: true } }),
        db.retentionRun.findFirst({ orderBy: { startedAt: "desc" }, select: { startedAt: true } }),
      ]);
      return { ruledSince: rows._min.createdAt, lastRunAt: newest?.startedAt ?? null };
    },
    /** All or nothing. Answers with what is to be held and is not there; then nothing is changed. */
    change: (
      actor: Actor,
      change: { rules?: RetentionRule[]; hold?: RetentionHold; lift?: Target },
      now: Date,
    ): Promise<Target["targetType"] | null> =>
      oneAtATime(async (tx) => {
        const { rules, hold, lift } = change;
        const act = { actor, now };
        if (hold && !(await isThere(tx, hold))) return hold.targetType;
        if (rules) await replaceRules(tx, rules, act);
        if (hold) await setHold(tx, hold, act);
        if (lift) await liftHold(tx, lift, act);
        return null;
      }),

    /** What a run deletes now, as of one moment. Rules that are off count for themselves only. */
    async preview(rules: RetentionRule[], now: Date): Promise<RetentionPreview> {
      if (rules.length === 0) return NOTHING;
      const column = (n: number) => Prisma.raw(`m${n}`);
      const named = rules.map((rule, n) => Prisma.sql`${matches(rule, now)} AS ${column(n)}`);
      const counted = rules.map((_, n) => Prisma.sql`count(*) FILTER (WHERE ${column(n)})::int`);
      const inForce = anyOf(rules.flatMap(({ enabled }, n) => (enabled ? [column(n)] : [])));
      const rows = await db.$direct<Totals>(Prisma.sql`
        WITH judged AS (
          SELECT s."id", s."ownerId", s."createdAt", ${Prisma.join(named)}
          FROM "CopilotSession" s JOIN "User" u ON u."id" = s."ownerId"),
        matched AS MATERIALIZED (
          SELECT s.*, ${inForce} AS "inForce", ${ON_HOLD} AS "onHold", ${ACTIVE} AS "active"
          FROM judged s WHERE ${anyOf(rules.map((_, n) => column(n)))}),
        going AS (SELECT * FROM matched WHERE "inForce" AND NOT "onHold" AND NOT "active"),
        counted AS (SELECT "id" FROM going LIMIT ${COUNTED_SESSIONS_MAX}::int)
        SELECT (SELECT count(*)::int FROM going) AS "sessions",
               (SELECT count(*)::int FROM (SELECT DISTINCT "ownerId" FROM going) o) AS "people",
               (SELECT count(*)::int FROM matched WHERE "inForce" AND "onHold") AS "onHold",
               (SELECT count(*)::int FROM matched WHERE "inForce" AND "active" AND NOT "onHold") AS "active",
               (SELECT COALESCE(sum(e."events"), 0)::int FROM counted c CROSS JOIN LATERAL (
                  SELECT count(*) AS "events" FROM "Event" v WHERE v."sessionId" = c."id") e) AS "events",
               ARRAY(SELECT "id"::text FROM going ORDER BY "createdAt", "id" LIMIT ${SAMPLES}::int) AS "oldest",
               (SELECT ARRAY[${Prisma.join(counted)}] FROM matched) AS "rules"`);
      const [totals] = rows;
      if (!totals) return NOTHING;
      const { sessions, people, onHold, active, events } = totals;
      const isEstimate = sessions > COUNTED_SESSIONS_MAX;
      return {
        ...{ sessions, people, isEstimate, exempt: { onHold, active } },
        events: isEstimate ? Math.round((events / COUNTED_SESSIONS_MAX) * sessions) : events,
        rules: totals.rules.map((matched) => ({ sessions: matched })),
        samples: await shown(totals.oldest),
      };
    },

    /** Whether a stored rule still says of a session `s` of a person `u` that it goes; for another statement. */
    goesBy: (rule: StoredRule, now: Date): Prisma.Sql => Prisma.sql`
      EXISTS (SELECT 1 FROM "RetentionRule" r WHERE r."id" = ${rule.id}::uuid AND r."enabled")
      AND ${matches(rule, now)} AND NOT ${ON_HOLD}`,

    /** What a rule finds after `after`, oldest first; takes no lock. */
    scan(
      rule: RetentionRule,
      now: Date,
      { after, limit }: { after: ScanCursor | null; limit: number },
    ): Promise<Found[]> {
      const at = SCANNED_BY[rule.kind];
      const isAfter = after
        ? Prisma.sql`(${at}, s."id") > (${after.at}::timestamptz, ${after.id}::uuid)`
        : Prisma.sql`true`;
      return db.$planned(Prisma.sql`
        SELECT s."id", s."at", s."lastSeq", e."events" FROM (
          SELECT s."id", ${at} AS "at", h."lastSeq" FROM "CopilotSession" s
          JOIN "SessionHead" h ON h."sessionId" = s."id" JOIN "User" u ON u."id" = s."ownerId"
          WHERE ${matches(rule, now)} AND ${isAfter} AND NOT ${ON_HOLD} AND NOT ${ACTIVE}
          ORDER BY ${at}, s."id" LIMIT ${limit}::int) s
        CROSS JOIN LATERAL (SELECT count(*)::int AS "events" FROM "Event" v WHERE v."sessionId" = s."id") e
        ORDER BY s."at", s."id"`);
    },
  };
}

export type RetentionStore = ReturnType<typeof createRetentionStore>;

const NOTHING: RetentionPreview = {
  ...{ sessions: 0, people: 0, events: 0, isEstimate: false, exempt: { onHold: 0, active: 0 } },
  ...{ rules: [], samples: [] },
};

const describe = ({ kind, role, days, enabled }: RetentionRule): string =>
  `${kind} ${days} days, ${role ?? "everybody"}${enabled ? "" : ", off"}`;
