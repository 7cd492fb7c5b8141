import { type Db, Prisma } from "@/server/db/client";
import type { DueMembership } from "../types";

/** When what GitHub says about people was read last. */
export function createMembershipStore(db: Db) {
  return {
    /** Takes at most `rows` people who were read before `before`, or never, oldest first, and writes `claimedAt` as the
     *  time: whoever else asks does not get them, and if nobody writes another time they are due again. */
    claim: (before: Date, claimedAt: Date, rows: number): Promise<DueMembership[]> =>
      db.$direct(Prisma.sql`
        UPDATE "User" u SET "membershipAt" = ${claimedAt}
        FROM (
          SELECT "id" FROM "User"
          WHERE ("membershipAt" IS NULL OR "membershipAt" < ${before})
            AND "disabledAt" IS NULL AND "suspendedAt" IS NULL
          ORDER BY "membershipAt" NULLS FIRST LIMIT ${rows}::int FOR UPDATE SKIP LOCKED) due
        WHERE u."id" = due."id"
        RETURNING u."id" AS "ownerId", u."login", u."membershipAt" AS "claimedAt"`),
  };
}

export type MembershipStore = ReturnType<typeof createMembershipStore>;
