import { type Db, Prisma } from "@/server/db/client";
import { FIRST_TEXT_BUCKETS_MS } from "./rules";
import type { Steps } from "./types";

/** How many turns of a step ended in one way, and with which failure. */
export type CountRow = { at: Date; status: "succeeded" | "failed" | "aborted"; code: string; turns: number };
/** How many turns of a step had their first text in each bucket of `FIRST_TEXT_BUCKETS_MS`. A step may have two. */
export type TimesRow = { at: Date; counts: number[] };
/** People whose turns ended in a step; in the whole range where `at` is null. */
export type PeopleRow = { at: Date | null; people: number };

// An hour that was added up has a row for the turns that succeeded, also where there were none.
const ROLLED_UNTIL = Prisma.sql`(SELECT max("hour") + interval '1 hour' FROM "UsageHour")`;
// Turns are read here, and written by the turns room alone.
const ENDED = Prisma.sql`t."status" IN ('succeeded', 'failed', 'aborted')`;
const BUCKETS = Prisma.raw(`ARRAY[${FIRST_TEXT_BUCKETS_MS.join()}]::float8[]`);
// From 1; null where there was no text. The app's clock may be behind the database's.
const BUCKET = Prisma.sql`CASE WHEN t."firstTextAt" IS NOT NULL THEN width_bucket(
  GREATEST(0, extract(epoch FROM t."firstTextAt" - t."createdAt") * 1000)::float8, ${BUCKETS}) END`;

// An index lookup for each turn: a join would be planned as a scan of all sessions.
const OWNER = Prisma.sql`(SELECT s."ownerId" FROM "CopilotSession" s WHERE s."id" = t."sessionId")`;

/** One number for each bucket; `ofBucket` gets its place from 1. Many times faster than taking the arrays apart. */
const eachBucket = (ofBucket: (n: number) => string) =>
  Prisma.raw(`ARRAY[${FIRST_TEXT_BUCKETS_MS.map((_, bucket) => ofBucket(bucket + 1)).join()}]`);
const ROLLED_TIMES = eachBucket((n) => `COALESCE(sum(u."firstTextMs"[${n}]), 0)::int`);
const COUNTED_TIMES = eachBucket((n) => `(count(*) FILTER (WHERE r.bucket = ${n}))::int`);

const stepOf = (time: Prisma.Sql, { stepMs }: Steps) => Prisma.sql`
  date_bin(make_interval(secs => ${stepMs / 1000}::float8), ${time}, '2000-01-01T00:00:00Z'::timestamptz)`;

/** The usage room's rows. */
export function createUsageStore(db: Db) {
  /** Turns of the range in hours that are not added up yet. */
  const rest = ({ from, to }: Steps) => Prisma.sql`
    ${ENDED} AND t."endedAt" < ${to}::timestamptz
    AND t."endedAt" >= GREATEST(${from}::timestamptz, ${ROLLED_UNTIL})`;
  const rolled = ({ from, to }: Steps) => Prisma.sql`
    u."hour" >= ${from}::timestamptz AND u."hour" < ${to}::timestamptz`;

  return {
    /** Adds up the next hours, `hours` at most, that have been over for `marginMs` by the database's clock; answers how
     *  many it was. One statement: an hour's row for what succeeded decides who adds it up, so people count once too. */
    async rollNext(hours: number, marginMs: number): Promise<number> {
      const rows = await db.$direct<{ hour: Date }>(Prisma.sql`
        WITH span AS (
          SELECT g.hour FROM generate_series(
            COALESCE(${ROLLED_UNTIL}, (SELECT date_trunc('hour', min(t."endedAt"), 'UTC') FROM "Turn" t)),
            now() - make_interval(secs => ${marginMs / 1000}::float8) - interval '1 hour',
            interval '1 hour') AS g(hour)
          LIMIT ${hours}::int),
        ended AS (
          SELECT date_trunc('hour', t."endedAt", 'UTC') AS hour, t."status", COALESCE(t."code", '') AS code,
                 ${OWNER} AS "ownerId", ${BUCKET} AS bucket
          FROM "Turn" t
          WHERE ${ENDED} AND t."endedAt" >= (SELECT min(hour) FROM span)
            AND t."endedAt" < (SELECT max(hour) FROM span) + interval '1 hour'),
        bucketed AS (
          SELECT e.hour, e."status", e.code, e.bucket, count(*)::int AS turns FROM ended e GROUP BY 1, 2, 3, 4),
        counted AS (
          SELECT b.hour, b."status", b.code, sum(b.turns)::int AS turns, max(b.bucket) AS last
          FROM bucketed b GROUP BY 1, 2, 3),
        timed AS (
          SELECT c.hour, c."status", c.code, array_agg(COALESCE(b.turns, 0) ORDER BY n.n) AS buckets
          FROM counted c CROSS JOIN LATERAL generate_series(1, c.last) AS n(n)
          LEFT JOIN bucketed b ON b.hour = c.hour AND b."status" = c."status" AND b.code = c.code AND b.bucket = n.n
          GROUP BY 1, 2, 3),
        rows AS (
          SELECT COALESCE(c.hour, p.hour) AS hour, COALESCE(c."status", 'succeeded'::"TurnStatus") AS status,
                 COALESCE(c.code, '') AS code, COALESCE(c.turns, 0) AS turns, COALESCE(m.buckets, '{}') AS buckets
          FROM counted c FULL JOIN span p ON p.hour = c.hour AND c."status" = 'succeeded' AND c.code = ''
          LEFT JOIN timed m ON m.hour = c.hour AND m."status" = c."status" AND m.code = c.code),
        claimed AS (
          INSERT INTO "UsageHour" ("hour", "status", "code", "turns", "firstTextMs")
          SELECT hour, status, code, turns, buckets FROM rows WHERE status = 'succeeded' AND code = '' ORDER BY hour
          ON CONFLICT DO NOTHING RETURNING "hour"),
        others AS (
          INSERT INTO "UsageHour" ("hour", "status", "code", "turns", "firstTextMs")
          SELECT hour, status, code, turns, buckets FROM rows JOIN claimed USING (hour)
          WHERE status <> 'succeeded' OR code <> ''),
        people AS (
          INSERT INTO "UsagePersonDay" ("day", "ownerId", "turns")
          SELECT (e.hour AT TIME ZONE 'UTC')::date, e."ownerId", count(*)::int
          FROM ended e JOIN claimed USING (hour) GROUP BY 1, 2 ORDER BY 1, 2
          ON CONFLICT ("day", "ownerId") DO UPDATE SET "turns" = "UsagePersonDay"."turns" + excluded."turns")
        SELECT hour FROM span`);
      return rows.length;
    },
    counts: (steps: Steps): Promise<CountRow[]> =>
      db.$direct<CountRow>(Prisma.sql`
        SELECT r.at, r."status", r.code, sum(r.turns)::int AS "turns" FROM (
          SELECT ${stepOf(Prisma.sql`u."hour"`, steps)} AS at, u."status", u."code" AS code, u."turns" AS turns
          FROM "UsageHour" u WHERE ${rolled(steps)}
          UNION ALL
          SELECT ${stepOf(Prisma.sql`t."endedAt"`, steps)}, t."status", COALESCE(t."code", ''), 1
          FROM "Turn" t WHERE ${rest(steps)}) r
        GROUP BY 1, 2, 3`),
    times: (steps: Steps): Promise<TimesRow[]> =>
      db.$direct<TimesRow>(Prisma.sql`
        SELECT ${stepOf(Prisma.sql`u."hour"`, steps)} AS "at", ${ROLLED_TIMES} AS "counts"
        FROM "UsageHour" u WHERE ${rolled(steps)} AND u."firstTextMs" <> '{}' GROUP BY 1
        UNION ALL
        SELECT r.at, ${COUNTED_TIMES} FROM (
          SELECT ${stepOf(Prisma.sql`t."endedAt"`, steps)} AS at, ${BUCKET} AS bucket
          FROM "Turn" t WHERE ${rest(steps)} AND t."firstTextAt" IS NOT NULL) r
        GROUP BY 1`),
    /** By the hour: from the turns themselves, as far as they are still there. */
    peopleByHour: (steps: Steps): Promise<PeopleRow[]> =>
      db.$direct<PeopleRow>(Prisma.sql`
        SELECT r.at, count(DISTINCT r."ownerId")::int AS "people" FROM (
          SELECT DISTINCT ${stepOf(Prisma.sql`t."endedAt"`, steps)} AS at, ${OWNER} AS "ownerId" FROM "Turn" t
          WHERE ${ENDED} AND t."endedAt" >= ${steps.from}::timestamptz AND t."endedAt" < ${steps.to}::timestamptz) r
        GROUP BY GROUPING SETS ((r.at), ())`),
    peopleByDay: (steps: Steps): Promise<PeopleRow[]> =>
      db.$direct<PeopleRow>(Prisma.sql`
        SELECT r.day::timestamp AT TIME ZONE 'UTC' AS "at", count(DISTINCT r."ownerId")::int AS "people" FROM (
          SELECT p."day" AS day, p."ownerId" FROM "UsagePersonDay" p
          WHERE p."day" >= (${steps.from}::timestamptz AT TIME ZONE 'UTC')::date
            AND p."day" < (${steps.to}::timestamptz AT TIME ZONE 'UTC')::date
          UNION
          SELECT (t."endedAt" AT TIME ZONE 'UTC')::date, ${OWNER} FROM "Turn" t WHERE ${rest(steps)}) r
        GROUP BY GROUPING SETS ((r.day), ())`),
  };
}

export type UsageStore = ReturnType<typeof createUsageStore>;
