import { type Db, Prisma } from "@/server/db/client";
import { isPresentSql } from "@/server/db/presence";
import type { OwnerId } from "@/server/platform/scope";
import { COUNTS_KEPT_SECONDS, REQUESTS_SECONDS } from "./tunables";
import type { Quota, Spender } from "./types";

export type Holder = { ownerId: OwnerId; tokenId: string | null };

/** Requests of one of the two so far, and in how many seconds the count begins anew. */
type Count = { of: Spender; count: number; seconds: number };

/** Counts one request of a caller where `where` holds. */
const countSql = (callerId: string, where: Prisma.Sql): Prisma.Sql => Prisma.sql`
  INSERT INTO "RequestCount" AS c ("callerId", "count", "endsAt")
  SELECT ${callerId}::uuid, 1, now() + make_interval(secs => ${REQUESTS_SECONDS}::int) WHERE ${where}
  ON CONFLICT ("callerId") DO UPDATE SET
    "count" = CASE WHEN c."endsAt" > now() THEN c."count" + 1 ELSE 1 END,
    "endsAt" = CASE WHEN c."endsAt" > now() THEN c."endsAt" ELSE excluded."endsAt" END
  RETURNING "count", ceil(extract(epoch FROM "endsAt" - now()))::int AS "seconds"`;

/** Counts of requests, and the streams that are open. `processId`: whose streams these are. */
export function createQuotaStore(db: Db, processId: string) {
  async function note(id: string, { ownerId, tokenId }: Holder, quota: Quota): Promise<Spender | null> {
    const [row] = await db.$direct<{ full: Spender | null }>(Prisma.sql`
      SELECT open_stream(${id}::uuid, ${ownerId}::uuid, ${tokenId}::uuid, ${processId}::text,
                         ${quota.perPerson}::int, ${quota.perToken}::int) AS "full"`);
    return row?.full ?? null;
  }

  /** Forgets the streams of processes that are gone; answers how many. */
  async function forgetGone(): Promise<number> {
    const gone = await db.$direct(Prisma.sql`
      DELETE FROM "OpenStream" WHERE "processId" IN (
        SELECT p."processId" FROM (SELECT DISTINCT "processId" FROM "OpenStream") p
        WHERE NOT ${isPresentSql(Prisma.sql`p."processId"`)})
      RETURNING "id"`);
    return gone.length;
  }

  return {
    /** Counts one request more; of the person only where the token has not used up its own quota, so that a program gone
     *  wild does not lock its owner out. One statement, which locks the token's row before the person's. */
    countRequest: ({ ownerId, tokenId }: Holder, { perToken }: Quota): Promise<Count[]> =>
      tokenId === null
        ? db.$direct<Count>(Prisma.sql`
            WITH person AS (${countSql(ownerId, Prisma.sql`true`)}) SELECT 'person' AS "of", * FROM person`)
        : db.$direct<Count>(Prisma.sql`
            WITH token AS (${countSql(tokenId, Prisma.sql`true`)}),
            person AS (${countSql(ownerId, Prisma.sql`(SELECT "count" FROM token) <= ${perToken}::int`)})
            SELECT 'token' AS "of", * FROM token UNION ALL SELECT 'person', * FROM person`),

    /** Notes a stream; or answers whose quota has no room for it. */
    async openStream(id: string, holder: Holder, quota: Quota): Promise<Spender | null> {
      const full = await note(id, holder, quota);
      return full && (await forgetGone()) > 0 ? note(id, holder, quota) : full;
    },

    async closeStream(id: string): Promise<void> {
      await db.$direct(Prisma.sql`DELETE FROM "OpenStream" WHERE "id" = ${id}::uuid`);
    },

    /** Removes what is left of processes that are gone, and of callers that have not come for `COUNTS_KEPT_SECONDS`. */
    async tidy(): Promise<void> {
      await forgetGone();
      await db.$direct(Prisma.sql`
        DELETE FROM "RequestCount" WHERE "endsAt" < now() - make_interval(secs => ${COUNTS_KEPT_SECONDS}::int)`);
    },
  };
}

export type QuotaStore = ReturnType<typeof createQuotaStore>;
