import type { Role } from "@/lib/contracts/roles";
import { type Db, Prisma, violatedUnique } from "@/server/db/client";
import type { OwnerId } from "@/server/platform/scope";
import { type AccessLists, isRoleMapped } from "./rules";
import type { GithubProfile, Person } from "./types";

const PROVIDER = "github";

/** Who somebody is who may come in. */
export type Login = {
  ownerId: OwnerId;
  login: string;
  role: Role;
  mappedRole: Role | null;
  lastSeenAt: Date;
};

type Mapped = { mappedRole: Role | null; membershipAt: Date | null };
type RoleLists = Pick<AccessLists, "ADMIN_LOGINS" | "GITHUB_ROLE_MAP">;

/** What a person may do, as text, where `u` is their row: `roleOf` in rules.ts, said to the database. */
export function roleSql(lists: RoleLists): Prisma.Sql {
  // Roles are declared from the weakest to the strongest, and GREATEST passes over what is null.
  const stored = isRoleMapped(lists) ? Prisma.sql`GREATEST(u."role", u."mappedRole")` : Prisma.sql`u."role"`;
  return Prisma.sql`CASE WHEN ${isAdminLoginSql(lists)} THEN 'admin' ELSE ${stored}::text END`;
}

/** Whether a person `u` is neither shut out nor off the lists, where these alone decide: `authenticate` in service.ts, said
 *  to the database. */
export function mayActSql(lists: AccessLists): Prisma.Sql {
  const { ALLOWED_LOGINS, ALLOWED_ORGS } = lists;
  const isListed =
    ALLOWED_LOGINS.length === 0 || ALLOWED_ORGS.length > 0 || isRoleMapped(lists)
      ? Prisma.sql`true`
      : Prisma.sql`lower(u."login") = ANY(${ALLOWED_LOGINS}::text[])`;
  return Prisma.sql`(u."disabledAt" IS NULL AND u."suspendedAt" IS NULL AND ${isListed})`;
}

/** Whether ADMIN_LOGINS names the person `u`. */
export const isAdminLoginSql = ({ ADMIN_LOGINS }: Pick<RoleLists, "ADMIN_LOGINS">): Prisma.Sql =>
  Prisma.sql`lower(u."login") = ANY(${ADMIN_LOGINS}::text[])`;

export type AccountStore = {
  /** Whose browser login this is, unless it has expired at `now` or the person is shut out: disabled or suspended. */
  findLogin(sessionToken: string, now: Date): Promise<Login | null>;
  /** The person, unless they are shut out. */
  findActive(owner: OwnerId): Promise<Login | null>;
  noteSeen(owner: OwnerId, now: Date): Promise<void>;
  isDisabled(userId: string): Promise<boolean>;
  findPerson(owner: OwnerId): Promise<(Person & { mappedRole: Role | null }) | null>;
  /** The person with this GitHub account, created where there is none. Safe to call at once from many processes. */
  findOrCreate(profile: GithubProfile, mapped: Mapped, now: Date): Promise<string>;
  /** Writes what GitHub says now, and takes the login from whoever else holds it. */
  update(userId: string, profile: GithubProfile, now: Date): Promise<void>;
  roleSql(lists: RoleLists): Prisma.Sql;
};

// GitHub gives a freed login to the next who asks. No GitHub login contains "#", so the new name of the person
// who held it here is on no list, and nobody can take it.
const freeLogin = (tx: Pick<Db, "$executeRaw">, login: string, exceptUserId: string | null) =>
  tx.$executeRaw`
    UPDATE "User" SET "login" = "login" || '#' || "id"
    WHERE lower("login") = lower(${login}) AND "id" IS DISTINCT FROM ${exceptUserId}::uuid`;

async function findOrCreateOnce(
  db: Db,
  profile: GithubProfile,
  { mapped, now }: { mapped: Mapped; now: Date },
): Promise<string> {
  const { githubId, login, name, image } = profile;
  return db.$transaction(async (tx) => {
    const account = await tx.account.findUnique({
      where: { provider_providerAccountId: { provider: PROVIDER, providerAccountId: githubId } },
      select: { userId: true },
    });
    if (account) return account.userId;
    await freeLogin(tx, login, null);
    const user = await tx.user.create({
      data: {
        login,
        name,
        image,
        ...mapped,
        lastSignInAt: now,
        accounts: { create: { type: "oauth", provider: PROVIDER, providerAccountId: githubId } },
      },
      select: { id: true },
    });
    return user.id;
  });
}

const LOGIN = Prisma.sql`u."id" AS "ownerId", u."login", u."role", u."mappedRole", u."lastSeenAt"`;
const NOT_SHUT_OUT = Prisma.sql`u."disabledAt" IS NULL AND u."suspendedAt" IS NULL`;

/** People, which GitHub accounts they are, and their browser logins. */
export function createAccountStore(db: Db): AccountStore {
  return {
    async findLogin(sessionToken, now) {
      const [login] = await db.$direct<Login>(Prisma.sql`
        SELECT ${LOGIN} FROM "Session" s JOIN "User" u ON u."id" = s."userId"
        WHERE s."sessionToken" = ${sessionToken} AND s."expires" > ${now} AND ${NOT_SHUT_OUT}`);
      return login ?? null;
    },

    async findActive(owner) {
      const [person] = await db.$direct<Login>(
        Prisma.sql`SELECT ${LOGIN} FROM "User" u WHERE u."id" = ${owner}::uuid AND ${NOT_SHUT_OUT}`,
      );
      return person ?? null;
    },

    async noteSeen(owner, now) {
      await db.user.updateMany({ where: { id: owner }, data: { lastSeenAt: now } });
    },

    isDisabled: async (userId) =>
      (await db.user.count({ where: { id: userId, disabledAt: { not: null } } })) > 0,

    findPerson: (owner) =>
      db.user.findUnique({
        where: { id: owner },
        select: { id: true, login: true, name: true, image: true, role: true, mappedRole: true },
      }),

    async findOrCreate(profile, mapped, now) {
      try {
        return await findOrCreateOnce(db, profile, { mapped, now });
      } catch (error) {
        // Another tab signed the same person in between: the second look finds what it made.
        if (violatedUnique(error) === null) throw error;
        return findOrCreateOnce(db, profile, { mapped, now });
      }
    },

    async update(userId, { login, name, image }, now) {
      await db.$transaction(async (tx) => {
        await freeLogin(tx, login, userId);
        await tx.user.update({ where: { id: userId }, data: { login, name, image, lastSignInAt: now } });
      });
    },

    roleSql,
  };
}
