import type { ListPeopleInput, PersonRow } from "@/lib/contracts/people";
import type { Role } from "@/lib/contracts/roles";
import { type Db, Prisma } from "@/server/db/client";
import { literally } from "@/server/db/like";
import type { Audit, AuditEntry } from "../../audit/types";
import type { AccessLists } from "../rules";
import { isAdminLoginSql, roleSql } from "../store";
import type { PersonChange } from "../types";

/** One administrator at a time changes who administrates (any constant works). */
const ADMINS_LOCK_KEY = 7_283_117;

/** A person as stored, without what ADMIN_LOGINS says. */
export type StoredPerson = {
  id: string;
  login: string;
  role: Role;
  mappedRole: Role | null;
  membershipAt: Date | null;
  disabledAt: Date | null;
  suspendedAt: Date | null;
};

/** What becomes of a person: the change, whether every login and every API token of theirs ends, and its lines in the
 *  audit log. */
export type Outcome = {
  set: PersonChange &
    Partial<Pick<StoredPerson, "disabledAt" | "suspendedAt" | "mappedRole" | "membershipAt">>;
  endLogins?: boolean;
  endTokens?: boolean;
  entries: AuditEntry[];
};

/** Decides while nobody else changes who administrates; null: nothing is changed. May throw, and then nothing is
 *  either. `otherAdmins`: administrators beside the person who are not shut out. */
export type Decide = (
  person: StoredPerson,
  otherAdmins: () => Promise<number>,
) => Promise<Outcome | null> | Outcome | null;

const STORED = {
  ...{ id: true, login: true, role: true, mappedRole: true },
  ...{ membershipAt: true, disabledAt: true, suspendedAt: true },
} as const;

const ORDER = {
  login: Prisma.sql`lower(u."login")`,
  lastSeenAt: Prisma.sql`u."lastSeenAt"`,
  createdAt: Prisma.sql`u."createdAt"`,
};

const STATE = {
  enabled: Prisma.sql`u."disabledAt" IS NULL AND u."suspendedAt" IS NULL`,
  disabled: Prisma.sql`u."disabledAt" IS NOT NULL`,
  suspended: Prisma.sql`u."suspendedAt" IS NOT NULL`,
};

const contains = (words: string) => `%${literally(words)}%`;

/** `endTokensSql`: ends every API token of a person. */
type Deps = {
  audit: Pick<Audit, "statement">;
  lists: AccessLists;
  endTokensSql: (id: string) => Prisma.Sql;
};

/** People for their administrators. */
export function createPeopleStore(db: Db, { audit, lists, endTokensSql }: Deps) {
  const roleNow = roleSql(lists);

  function conditionsOf({ query, role, state }: ListPeopleInput): Prisma.Sql {
    return Prisma.join(
      [
        Prisma.sql`true`,
        ...(query
          ? [Prisma.sql`(u."login" ILIKE ${contains(query)} OR u."name" ILIKE ${contains(query)})`]
          : []),
        ...(role ? [Prisma.sql`${roleNow} = ${role}`] : []),
        ...(state ? [STATE[state]] : []),
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
        SELECT u."id", u."login", u."name", u."image", ${roleNow} AS "role", u."mappedRole",
               u."disabledAt", u."suspendedAt", u."turnsMax", u."createdAt", u."lastSeenAt",
               ${isAdminLoginSql(lists)} AS "roleFixed",
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
    change: (id: string, decide: Decide): Promise<boolean> =>
      db.$transaction(async (tx) => {
        await tx.$executeRaw`SELECT pg_advisory_xact_lock(${ADMINS_LOCK_KEY})`;
        const person = await tx.user.findUnique({ where: { id }, select: STORED });
        if (!person) return false;
        const outcome = await decide(person, async () => {
          const rows = await tx.$queryRaw<{ admins: number }[]>`
            SELECT count(*)::int AS "admins" FROM "User" u
            WHERE ${roleNow} = 'admin' AND ${STATE.enabled} AND u."id" <> ${id}::uuid`;
          return rows[0]?.admins ?? 0;
        });
        if (!outcome) return true;
        await tx.user.update({ where: { id }, data: outcome.set });
        if (outcome.endLogins) await tx.session.deleteMany({ where: { userId: id } });
        if (outcome.endTokens) await tx.$executeRaw(endTokensSql(id));
        for (const entry of outcome.entries) await tx.$executeRaw(audit.statement(entry));
        return true;
      }),
  };
}

export type PeopleStore = ReturnType<typeof createPeopleStore>;
