import { SCOPES, type Scope } from "@/lib/contracts/scopes";
import { TOKENS_PER_PERSON_MAX, type TokenRow } from "@/lib/contracts/tokens";
import { type Db, Prisma } from "@/server/db/client";
import type { Actor, OwnerId } from "@/server/platform/scope";
import type { Audit } from "../audit/types";
import { ENDED_TOKENS_KEPT } from "./tunables";

/** What decides about a call with a token. */
export type StoredToken = {
  id: string;
  ownerId: OwnerId;
  name: string;
  scopes: Scope[];
  expiresAt: Date | null;
  revokedAt: Date | null;
};

/** A token that is to be stored. */
export type MadeToken = Pick<TokenRow, "name" | "scopes" | "prefix" | "createdAt" | "expiresAt"> & {
  hash: string;
};

/** One at a time makes tokens for a person (any constant works), so that two at once do not pass the limit. */
const OWNER_LOCK_KEY = 7_283_119;

const SHOWN = {
  ...{ id: true, name: true, prefix: true, scopes: true, createdAt: true },
  ...{ expiresAt: true, lastUsedAt: true, lastUsedAddress: true },
} as const;
const DECIDING = Prisma.sql`"id", "ownerId", "name", "scopes", "expiresAt", "revokedAt"`;

/** Ends every token of a person; for the transaction that shuts them out. */
export const endTokensSql = (ownerId: string): Prisma.Sql =>
  Prisma.sql`UPDATE "ApiToken" SET "revokedAt" = now() WHERE "ownerId" = ${ownerId}::uuid AND "revokedAt" IS NULL`;

// A scope that a later version took away opens nothing.
const withKnownScopes = <Row extends { scopes: string[] }>(row: Row) => ({
  ...row,
  scopes: SCOPES.filter((scope) => row.scopes.includes(scope)),
});

/** The rows of API tokens. Each change is in the audit log, in the same transaction. */
export function createApiTokenStore(db: Db, audit: Pick<Audit, "statement">) {
  async function findOne(where: Prisma.Sql): Promise<StoredToken | null> {
    const [row] = await db.$direct<Omit<StoredToken, "scopes"> & { scopes: string[] }>(
      Prisma.sql`SELECT ${DECIDING} FROM "ApiToken" WHERE ${where}`,
    );
    return row ? withKnownScopes(row) : null;
  }

  return {
    find: (hash: string) => findOne(Prisma.sql`"hash" = ${hash}`),
    findById: (id: string) => findOne(Prisma.sql`"id" = ${id}::uuid`),

    async list(owner: OwnerId): Promise<TokenRow[]> {
      const rows = await db.apiToken.findMany({
        where: { ownerId: owner, revokedAt: null },
        orderBy: [{ createdAt: "desc" }, { id: "desc" }],
        select: SHOWN,
      });
      return rows.map(withKnownScopes);
    },

    /** Null where the person has as many as they may have. Of those that have ended, the oldest go. */
    insert: (actor: Actor, token: MadeToken): Promise<TokenRow | null> =>
      db.$transaction(async (tx) => {
        const { ownerId } = actor;
        const { name, scopes, createdAt: now, expiresAt } = token;
        await tx.$executeRaw`SELECT pg_advisory_xact_lock(${OWNER_LOCK_KEY}::int, hashtext(${ownerId}))`;
        const living = { revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] };
        if ((await tx.apiToken.count({ where: { ownerId, ...living } })) >= TOKENS_PER_PERSON_MAX)
          return null;
        await tx.$executeRaw`
          DELETE FROM "ApiToken" WHERE "id" IN (
            SELECT "id" FROM "ApiToken"
            WHERE "ownerId" = ${ownerId}::uuid AND ("revokedAt" IS NOT NULL OR "expiresAt" <= ${now})
            ORDER BY COALESCE("revokedAt", "expiresAt") DESC OFFSET ${ENDED_TOKENS_KEPT}::int)`;
        const row = await tx.apiToken.create({ data: { ownerId, ...token }, select: SHOWN });
        const target = { type: "token" as const, id: row.id, name };
        const details = { scopes, expiresAt: expiresAt?.toISOString() ?? null };
        await tx.$executeRaw(audit.statement({ action: "token.created", actor, target, details }));
        return withKnownScopes(row);
      }),

    /** False where the person has no such token. One that is revoked already is left as it is, without a line. */
    revoke: (actor: Actor, id: string, now: Date): Promise<boolean> =>
      db.$transaction(async (tx) => {
        const where = { id, ownerId: actor.ownerId };
        const token = await tx.apiToken.findFirst({ where, select: { name: true } });
        if (!token) return false;
        const { count } = await tx.apiToken.updateMany({
          where: { ...where, revokedAt: null },
          data: { revokedAt: now },
        });
        if (count === 0) return true;
        const target = { type: "token" as const, id, name: token.name };
        await tx.$executeRaw(audit.statement({ action: "token.revoked", actor, target }));
        return true;
      }),

    /** Notes a use at `now`, unless one was noted after `since`. */
    async noteUse(id: string, { address, now, since }: { address: string | null; now: Date; since: Date }) {
      await db.apiToken.updateMany({
        where: { id, OR: [{ lastUsedAt: null }, { lastUsedAt: { lte: since } }] },
        data: { lastUsedAt: now, lastUsedAddress: address },
      });
    },
  };
}

export type ApiTokenStore = ReturnType<typeof createApiTokenStore>;
