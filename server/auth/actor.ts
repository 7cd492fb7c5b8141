import type { Accounts } from "@/server/domain/accounts/types";
import type { Env } from "@/server/platform/env";
import type { Actor } from "@/server/platform/scope";
import { clientAddress } from "./address";
import { readCookies, sessionCookieName } from "./cookies";

type Deps = { accounts: Pick<Accounts, "authenticate">; env: Pick<Env, "APP_URL" | "TRUSTED_PROXIES"> };

/** Who is calling, by the browser login in the Cookie header; null where nobody is signed in. Every edge gets its
 *  actor here and nowhere else. One query, none without the cookie; nothing is cached, so a login that was revoked
 *  is nobody at the next request. */
export async function actorOf(headers: Headers, { accounts, env }: Deps): Promise<Actor | null> {
  const sessionToken = readCookies(headers.get("cookie"))[sessionCookieName(env.APP_URL)];
  if (!sessionToken) return null;
  return accounts.authenticate(sessionToken, clientAddress(headers, env.TRUSTED_PROXIES));
}
