import { type Db, Prisma } from "@/server/db/client";
import type { OwnerId } from "@/server/platform/scope";
import { CONNECTION_WAIT_MS, REFRESH_TRANSACTION_MS, ROW_LOCK_WAIT_MS } from "./tunables";

/** A credential as it is stored: the tokens are sealed. */
export type StoredCredential = {
  accessToken: string;
  refreshToken: string | null;
  accessExpiresAt: Date | null;
  refreshExpiresAt: Date | null;
  status: "active" | "rejected";
  version: number;
  updatedAt: Date;
};

/** `updatedAt` is when GitHub issued them. */
export type SealedTokens = Omit<StoredCredential, "status" | "version"> & { scope: string | null };

/** What a holder of the row's lock decided: new tokens, a rejection, or no change; and the answer to give. */
export type LockedDecision<T> = { change: SealedTokens | "reject" | null; answer: T };

export type CredentialStore = {
  find(owner: OwnerId): Promise<StoredCredential | null>;
  /** Writes the tokens of a sign-in, whatever was there. */
  replace(owner: OwnerId, tokens: SealedTokens): Promise<void>;
  /** Rejects the credential if it still has this version; false where it was replaced meanwhile. */
  reject(owner: OwnerId, version: number): Promise<boolean>;
  remove(owner: OwnerId): Promise<void>;
  /** Runs `decide` while no other process can change the row, and commits its change before it resolves. A throw
   *  of `decide` changes nothing. Resolves to `"busy"` where another process held the row too long. */
  locked<T>(
    owner: OwnerId,
    decide: (row: StoredCredential | null) => Promise<LockedDecision<T>>,
  ): Promise<T | "busy">;
};

const LOCK_NOT_AVAILABLE = "55P03";

const isLockTimeout = (error: unknown) =>
  error instanceof Prisma.PrismaClientKnownRequestError &&
  JSON.stringify([error.meta, error.message]).includes(LOCK_NOT_AVAILABLE);

/** The credentials' table. `rowLockWaitMs`: longest wait for a row that another process has locked. */
export function createCredentialStore(
  db: Db,
  { rowLockWaitMs = ROW_LOCK_WAIT_MS }: { rowLockWaitMs?: number } = {},
): CredentialStore {
  return {
    async find(owner) {
      const rows = await db.$direct<StoredCredential>(Prisma.sql`
        SELECT "accessToken", "refreshToken", "accessExpiresAt", "refreshExpiresAt", "status", "version", "updatedAt"
        FROM "GithubCredential" WHERE "userId" = ${owner}::uuid`);
      return rows[0] ?? null;
    },

    async replace(owner, tokens) {
      const row = { ...tokens, status: "active" as const };
      await db.githubCredential.upsert({
        where: { userId: owner },
        create: { userId: owner, ...row },
        update: { ...row, version: { increment: 1 } },
      });
    },

    async reject(owner, version) {
      const { count } = await db.githubCredential.updateMany({
        where: { userId: owner, version, status: "active" },
        data: { status: "rejected", version: { increment: 1 } },
      });
      return count > 0;
    },

    async remove(owner) {
      await db.githubCredential.deleteMany({ where: { userId: owner } });
    },

    async locked(owner, decide) {
      try {
        return await db.$transaction(
          async (tx) => {
            await tx.$queryRaw`SELECT set_config('lock_timeout', ${String(rowLockWaitMs)}, true)`;
            await tx.$queryRaw`SELECT 1 FROM "GithubCredential" WHERE "userId" = ${owner}::uuid FOR UPDATE`;
            const row = await tx.githubCredential.findUnique({ where: { userId: owner } });
            const { change, answer } = await decide(row);
            if (change !== null) {
              const data =
                change === "reject"
                  ? { status: "rejected" as const }
                  : { ...change, status: "active" as const };
              await tx.githubCredential.update({
                where: { userId: owner },
                data: { ...data, version: { increment: 1 } },
              });
            }
            return answer;
          },
          { maxWait: CONNECTION_WAIT_MS, timeout: REFRESH_TRANSACTION_MS },
        );
      } catch (error) {
        if (isLockTimeout(error)) return "busy";
        throw error;
      }
    },
  };
}
