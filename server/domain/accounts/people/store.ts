import type { ListPeopleInput, PersonRow } from "@/lib/contracts/people";
import { type Db, Prisma } from "@/server/db/client";
import { literally } from "@/server/db/like";
import type { Audit, AuditEntry } from "../../audit/types";
import type { PersonChange } from "../types";

/** One administrator at a time changes who administrates (any constant works). */
const ADMINS_LOCK_KEY = 7_283_117;

/** A person as stored, without what ADMIN_LOGINS says. */
export type StoredPerson = { id: string; login: string; role: PersonRow["role"]; disabledAt: Date | null };

/** What is decided about a person while nobody else changes who administrates. `otherAdmins`: enabled administrators
 *  beside them. */
export type Decide = (person: StoredPerson, otherAdmins: () => Promise<number>) => Promise<void> | void;

export type Change = {
  id: string;
  /** May throw, and then nothing is changed. */
  decide: Decide;
  set: PersonChange & { disabledAt?: Date | null };
  /** Whether every login of the person ends. */
  endLogins: boolean;
  entry(person: StoredPerson): AuditEntry;
};

const ORDER = {
  login: Prisma.sql`lower(u."login")`,
  lastSeenAt: Prisma.sql`u."lastSeenAt"`,
  createdAt: Prisma.sql`u."createdAt"`,
};

const contains = (words: string) => `%${literally(words)}%`;

/** People for their administrators. `adminLogins`: those in ADMIN_LOGINS, in lower case. */
export function createPeopleStore(db: Db, { audit, adminLogins }: { audit: Audit; adminLogins: string[] }) {
  const isAdmin = Prisma.sql`(u."role" = 'admin' OR lower(u."login") = ANY(${adminLogins}::text[]))`;
  const roleNow = Prisma.sql`CASE WHEN ${isAdmin} THEN 'admin' ELSE u."role"::text END`;

  function conditionsOf({ query, role, state }: ListPeopleInput): Prisma.Sql {
    return Prisma.join(
      [
        Prisma.sql`true`,
        ...(query
          ? [Prisma.sql`(u."login" ILIKE ${contains(query)} OR u."name" ILIKE ${contains(query)})`]
          : []),
        ...(role ? [Prisma.sql`${roleNow} = ${role}`] : []),
        ...(state === "enabled" ? [Prisma.sql`u."disabledAt" IS NULL`] : []),
        ...(state === "disabled" ? [Prisma.sql`u."disabledAt" IS NOT NULL`] : []),
      ],
      " AND ",
    );
  }

  return {
    async count(input: ListPeopleInput): Promise<number> {
      const [row] = await db.$direct<{ total: number }>(
        Prisma.sql`SELECT count(*)::int AS "total" FROM "User" u WHERE ${conditionsOf(input)}`,
      );
      return row?.total ?? 0;
    },
    /** One page, with what is counted of each person on it. */
    list(input: ListPeopleInput, now: Date): Promise<PersonRow[]> {
      const { sort, descending, page, limit } = input;
      const direction = descending ? Prisma.sql`DESC` : Prisma.sql`ASC`;
      const order = Prisma.sql`${ORDER[sort]} ${direction}, u."id" ${direction}`;
      return db.$direct<PersonRow>(Prisma.sql`
        SELECT u."id", u."login", u."name", u."image", ${roleNow} AS "role", u."disabledAt", u."turnsMax",
               u."createdAt", u."lastSeenAt", lower(u."login") = ANY(${adminLogins}::text[]) AS "roleFixed",
               c."sessions", t."turns", t."activeTurns", l."logins"
        FROM (SELECT * FROM "User" u WHERE ${conditionsOf(input)}
              ORDER BY ${order} LIMIT ${limit}::int OFFSET ${page * limit}::int) u
        CROSS JOIN LATERAL (
          SELECT count(*)::int AS "sessions" FROM "CopilotSession" s WHERE s."ownerId" = u."id") c
        CROSS JOIN LATERAL (
          SELECT count(*)::int AS "turns",
                 count(*) FILTER (WHERE t."status" IN ('queued', 'running'))::int AS "activeTurns"
          FROM "Turn" t JOIN "CopilotSession" s ON s."id" = t."sessionId" WHERE s."ownerId" = u."id") t
        CROSS JOIN LATERAL (
          SELECT count(*)::int AS "logins" FROM "Session" b WHERE b."userId" = u."id" AND b."expires" > ${now}) l
        ORDER BY ${order}`);
    },
    /** Decides and changes, with the line in the audit log, all or nothing; one at a time over all processes, so that
     *  two administrators who demote each other do not both succeed. False where there is no such person. */
    change: ({ id, decide, set, endLogins, entry }: Change): Promise<boolean> =>
      db.$transaction(async (tx) => {
        await tx.$executeRaw`SELECT pg_advisory_xact_lock(${ADMINS_LOCK_KEY})`;
        const person = await tx.user.findUnique({
          where: { id },
          select: { id: true, login: true, role: true, disabledAt: true },
        });
        if (!person) return false;
        await decide(person, async () => {
          const rows = await tx.$queryRaw<{ admins: number }[]>`
            SELECT count(*)::int AS "admins" FROM "User" u
            WHERE ${isAdmin} AND u."disabledAt" IS NULL AND u."id" <> ${id}::uuid`;
          return rows[0]?.admins ?? 0;
        });
        await tx.user.update({ where: { id }, data: set });
        if (endLogins) await tx.session.deleteMany({ where: { userId: id } });
        await tx.$executeRaw(audit.statement(entry(person)));
        return true;
      }),
  };
}

export type PeopleStore = ReturnType<typeof createPeopleStore>;
