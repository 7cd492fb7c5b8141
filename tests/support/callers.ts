import type { Role } from "@/lib/contracts/roles";
import { SCOPES, type Scope } from "@/lib/contracts/scopes";
import { formatToken, hashOf, prefixOf, SECRET_BYTES } from "@/server/domain/api-tokens/format";
import type { Actor } from "@/server/platform/scope";
import { createTestCrypto } from "@/tests/fakes/crypto";
import type { TestDatabase } from "./database";
import { cookieOf } from "./http";
import { createActor } from "./process";

const ALL = SCOPES;
const ALL_BUT_ADMIN = SCOPES.filter((scope) => scope !== "admin");

/** Somebody who calls. `role`: what they may do; null: they are nobody. `owns`: they are the owner of what is called
 *  about. With `scopes` they come with an API token, else with a browser login. `refused`: the code with which the token is
 *  turned away, whatever is asked. `with`: what is special about how they come. */
export type Caller = {
  role: Role | null;
  owns?: true;
  scopes?: readonly Scope[];
  refused?: "token_invalid" | "token_expired" | "token_revoked" | "mixed_credentials";
  with?: "no login" | "a lost role" | "a revoked login" | "a disabled account" | "an altered token";
};

/** Every kind of caller that there is. */
const KINDS = {
  nobody: { role: null, with: "no login" },
  owner: { role: "user", owns: true },
  "another person": { role: "user" },
  auditor: { role: "auditor" },
  administrator: { role: "admin" },
  "former administrator": { role: "user", with: "a lost role" },
  "disabled person": { role: null, with: "a disabled account" },
  "revoked login": { role: null, with: "a revoked login" },
  "the owner's token to read": { role: "user", owns: true, scopes: ["sessions:read"] },
  "the owner's token to write": { role: "user", owns: true, scopes: ["sessions:write"] },
  "the owner's token for jobs": { role: "user", owns: true, scopes: ["jobs"] },
  "the owner's token for all": { role: "user", owns: true, scopes: ALL },
  "another person's token": { role: "user", scopes: ALL },
  "an auditor's token": { role: "auditor", scopes: ALL },
  "an auditor's token without admin": { role: "auditor", scopes: ALL_BUT_ADMIN },
  "an administrator's token": { role: "admin", scopes: ALL },
  "an administrator's token without admin": { role: "admin", scopes: ALL_BUT_ADMIN },
  "a former administrator's token": { role: "user", scopes: ALL, with: "a lost role" },
  "a disabled administrator's token": { role: null, scopes: ALL, with: "a disabled account" },
  "an expired token": { role: null, scopes: ALL, refused: "token_expired" },
  "a revoked token": { role: null, scopes: ALL, refused: "token_revoked" },
  "a token that nobody has": { role: null, scopes: ALL, refused: "token_invalid" },
  "a token with a typing error": {
    role: null,
    scopes: ALL,
    refused: "token_invalid",
    with: "an altered token",
  },
  "a token beside a login": { role: null, scopes: ALL, refused: "mixed_credentials" },
} as const satisfies Record<string, Caller>;
export type CallerName = keyof typeof KINDS;
export const CALLERS: Record<CallerName, Caller> = KINDS;

type NewRow = { name?: string; scopes: readonly Scope[]; expiresAt?: Date; revokedAt?: Date };

/** A token of a person, as it was stored when that was allowed. */
export async function storeToken(
  { db }: TestDatabase,
  ownerId: string,
  { name = "token", scopes, ...ends }: NewRow,
) {
  const token = formatToken(createTestCrypto().random(SECRET_BYTES));
  const known = { hash: hashOf(token), prefix: prefixOf(token) };
  const { id } = await db.apiToken.create({
    data: { ownerId, name, scopes: [...scopes], ...known, ...ends },
  });
  return { id, token };
}

async function bearerOf(
  database: TestDatabase,
  ownerId: string,
  caller: Caller,
): Promise<{ authorization: string }> {
  const { scopes = [], refused } = caller;
  const past = new Date(Date.now() - 1);
  const ends = {
    ...(refused === "token_expired" && { expiresAt: past }),
    ...(refused === "token_revoked" && { revokedAt: past }),
  };
  const { id, token } = await storeToken(database, ownerId, { scopes, ...ends });
  if (refused === "token_invalid") await database.db.apiToken.delete({ where: { id } });
  return { authorization: `Bearer ${caller.with === "an altered token" ? `${token.slice(0, -1)}_` : token}` };
}

/** Makes a caller, and gives the headers with which they call. The owner of what is called about is there already. */
export async function introduce(
  database: TestDatabase,
  caller: Caller,
  owner: Actor,
): Promise<Record<string, string>> {
  const { db } = database;
  const { ownerId: id } = caller.owns ? owner : await createActor(database);
  // Who is turned away would be an administrator otherwise.
  const role = caller.with || caller.refused ? "admin" : (caller.role ?? "user");
  if (!caller.owns) await db.user.update({ where: { id }, data: { role } });
  const headers = {
    ...((!caller.scopes || caller.refused === "mixed_credentials") && {
      cookie: await cookieOf(database, id),
    }),
    ...(caller.scopes && (await bearerOf(database, id, caller))),
  };
  switch (caller.with) {
    case "no login":
      return {};
    case "a lost role":
      await db.user.update({ where: { id }, data: { role: "user" } });
      break;
    case "a disabled account":
      await db.user.update({ where: { id }, data: { disabledAt: new Date() } });
      break;
    case "a revoked login":
      await db.session.deleteMany({ where: { userId: id } });
      break;
    case "an altered token":
    case undefined:
      break;
  }
  return headers;
}
