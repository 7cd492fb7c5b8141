import { type Db, Prisma, violatedUnique } from "@/server/db/client";
import type { OwnerId } from "@/server/platform/scope";
import type { GithubProfile } from "./types";

const PROVIDER = "github";

export type AccountStore = {
  /** Whose browser login this is, unless it has expired at `now`. */
  findLogin(sessionToken: string, now: Date): Promise<{ ownerId: OwnerId; login: string } | null>;
  findPerson(
    owner: OwnerId,
  ): Promise<{ id: string; login: string; name: string | null; image: string | null } | null>;
  /** The person with this GitHub account, created where there is none. Safe to call at once from many processes. */
  findOrCreate(profile: GithubProfile, now: Date): Promise<string>;
  /** Writes what GitHub says now, and takes the login from whoever else holds it. */
  update(userId: string, profile: GithubProfile, now: Date): Promise<void>;
};

// GitHub gives a freed login to the next who asks. No GitHub login contains "#", so the new name of the person
// who held it here is on no list, and nobody can take it.
const freeLogin = (tx: Pick<Db, "$executeRaw">, login: string, exceptUserId: string | null) =>
  tx.$executeRaw`
    UPDATE "User" SET "login" = "login" || '#' || "id"
    WHERE lower("login") = lower(${login}) AND "id" IS DISTINCT FROM ${exceptUserId}::uuid`;

async function findOrCreateOnce(db: Db, profile: GithubProfile, now: Date): Promise<string> {
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
        lastSignInAt: now,
        accounts: { create: { type: "oauth", provider: PROVIDER, providerAccountId: githubId } },
      },
      select: { id: true },
    });
    return user.id;
  });
}

/** People, which GitHub accounts they are, and their browser logins. */
export function createAccountStore(db: Db): AccountStore {
  return {
    async findLogin(sessionToken, now) {
      const rows = await db.$direct<{ id: OwnerId; login: string }>(Prisma.sql`
        SELECT u."id", u."login" FROM "Session" s JOIN "User" u ON u."id" = s."userId"
        WHERE s."sessionToken" = ${sessionToken} AND s."expires" > ${now}`);
      const [row] = rows;
      return row ? { ownerId: row.id, login: row.login } : null;
    },

    findPerson: (owner) =>
      db.user.findUnique({
        where: { id: owner },
        select: { id: true, login: true, name: true, image: true },
      }),

    async findOrCreate(profile, now) {
      try {
        return await findOrCreateOnce(db, profile, now);
      } catch (error) {
        // Another tab signed the same person in between: the second look finds what it made.
        if (violatedUnique(error) === null) throw error;
        return findOrCreateOnce(db, profile, now);
      }
    },

    async update(userId, { login, name, image }, now) {
      await db.$transaction(async (tx) => {
        await freeLogin(tx, login, userId);
        await tx.user.update({ where: { id: userId }, data: { login, name, image, lastSignInAt: now } });
      });
    },
  };
}
