import type { Accounts } from "@/server/domain/accounts/types";
import type { Env } from "@/server/platform/env";
import type { Actor } from "@/server/platform/scope";
import { readCookies, sessionCookieName } from "./cookies";

type Deps = { accounts: Pick<Accounts, "authenticate">; env: Pick<Env, "APP_URL"> };

/** Who is calling, by the browser login in a Cookie header; null where nobody is signed in. Every edge gets its
 *  actor here and nowhere else. One query, none without the cookie; nothing is cached, so a login that was revoked
 *  is nobody at the next request. */
export async function actorFromCookies(
  cookieHeader: string | null,
  { accounts, env }: Deps,
): Promise<Actor | null> {
  const sessionToken = readCookies(cookieHeader)[sessionCookieName(env.APP_URL)];
  return sessionToken ? accounts.authenticate(sessionToken) : null;
}
