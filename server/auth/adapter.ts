import { PrismaAdapter } from "@auth/prisma-adapter";
import type { Adapter, AdapterAccount, AdapterSession, AdapterUser } from "next-auth/adapters";
import type { Db } from "@/server/db/client";
import type { Accounts } from "@/server/domain/accounts/types";
import type { Credentials } from "@/server/domain/credentials/types";
import type { Clock } from "@/server/platform/clock";
import type { SignInAttempt } from "./attempt";

/** How long a browser login lives, and how old it gets before a visit extends it. */
export const LOGIN_SECONDS = 30 * 24 * 60 * 60;
export const LOGIN_EXTEND_AFTER_SECONDS = 24 * 60 * 60;

type Deps = {
  db: Db;
  accounts: Pick<Accounts, "register">;
  credentials: Pick<Credentials, "store">;
  clock: Clock;
};
type Login = { session: AdapterSession; user: AdapterUser };
type Stored = Required<Pick<Adapter, "getUser" | "getUserByAccount" | "createSession" | "updateSession">> & {
  getSessionAndUser(sessionToken: string): Promise<Login | null>;
};

/** NextAuth's storage for one request. Of the Prisma adapter only reading people and keeping browser logins is
 *  used: people are made by the accounts room, and tokens go to the credentials room alone. No e-mail address is
 *  stored, so two people with the same one cannot collide. */
export function createAuthAdapter(
  { db, accounts, credentials, clock }: Deps,
  attempt: SignInAttempt,
): Adapter {
  const { getUser, getUserByAccount, createSession, updateSession, getSessionAndUser } = PrismaAdapter(
    db,
  ) as unknown as Stored;

  // Idempotent, unlike the Prisma adapter's: a login that was revoked meanwhile can be signed out.
  async function deleteSession(sessionToken: string): Promise<void> {
    await db.session.deleteMany({ where: { sessionToken } });
  }

  return {
    getUser,
    createSession,
    updateSession,
    deleteSession,

    async getUserByAccount(account) {
      const user = await getUserByAccount(account);
      attempt.userId = user?.id ?? null;
      return user;
    },

    // NextAuth links a second GitHub account to whoever is signed in already. Here every account is a person: the
    // login in the cookie is kept for the same person, and ended where another one signs in.
    async getSessionAndUser(sessionToken) {
      const login = await getSessionAndUser(sessionToken);
      if (!login || attempt.action !== "callback") return login;
      if (login.user.id !== attempt.userId || login.session.expires <= clock.now()) {
        await deleteSession(sessionToken);
        return null;
      }
      const expires = new Date(clock.now().getTime() + LOGIN_SECONDS * 1_000);
      await updateSession({ sessionToken, expires });
      return { ...login, session: { ...login.session, expires } };
    },

    async createUser() {
      if (!attempt.profile) throw new Error("a person is created only after GitHub said who it is");
      const id = await accounts.register(attempt.profile, attempt.mappedRole);
      attempt.userId = id;
      const user = await getUser(id);
      if (!user) throw new Error("the person was deleted during the sign-in");
      return user;
    },

    // The account row was made with the person; what is left of the link are its tokens.
    async linkAccount({ userId }: AdapterAccount) {
      if (!attempt.tokens) throw new Error("an account is linked only after GitHub gave tokens");
      await credentials.store(userId, attempt.tokens);
    },
  };
}
