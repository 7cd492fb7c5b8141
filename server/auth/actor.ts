import { AppError } from "@/lib/errors/app-error";
import type { Accounts } from "@/server/domain/accounts/types";
import type { ApiTokens } from "@/server/domain/api-tokens/types";
import type { Env } from "@/server/platform/env";
import type { Actor } from "@/server/platform/scope";
import { clientAddress } from "./address";
import { readCookies, sessionCookieName } from "./cookies";

type BrowserDeps = {
  accounts: Pick<Accounts, "authenticate">;
  env: Pick<Env, "APP_URL" | "TRUSTED_PROXIES">;
};
type Deps = BrowserDeps & { apiTokens: Pick<ApiTokens, "authenticate" | "confirm"> };

const loginOf = (headers: Headers, { APP_URL }: BrowserDeps["env"]): string | undefined =>
  readCookies(headers.get("cookie"))[sessionCookieName(APP_URL)] || undefined;

const BEARER = /^bearer(?: +(.*))?$/i;

/** What the Authorization header presents as a token, which may be anything; null where it presents none: a proxy in
 *  front may have a password of its own there. */
function bearerOf(headers: Headers): string | null {
  const [matched, token = ""] = BEARER.exec(headers.get("authorization") ?? "") ?? [];
  return matched === undefined ? null : token;
}

/** Who is calling, by the browser login in the Cookie header; null where nobody is signed in. For pages, which no API
 *  token opens. One query, none without the cookie; nothing is cached, so a login that was revoked is nobody at the next
 *  request. */
export async function browserActorOf(
  headers: Headers,
  { accounts, env }: BrowserDeps,
): Promise<Actor | null> {
  const sessionToken = loginOf(headers, env);
  if (!sessionToken) return null;
  return accounts.authenticate(sessionToken, clientAddress(headers, env.TRUSTED_PROXIES));
}

/** Who is calling, by the browser login, or by the API token in the Authorization header; null where nobody is. Every
 *  edge gets its actor here and nowhere else. Throws `mixed_credentials` where a request has both, so that nobody can lend
 *  the rights of one to the other; and what `ApiTokens.authenticate` throws. */
export async function actorOf(headers: Headers, deps: Deps): Promise<Actor | null> {
  const presented = bearerOf(headers);
  if (presented === null) return browserActorOf(headers, deps);
  const { apiTokens, env } = deps;
  if (loginOf(headers, env)) throw new AppError("mixed_credentials");
  return apiTokens.authenticate(presented, clientAddress(headers, env.TRUSTED_PROXIES));
}

/** The same person as of now, for a call of theirs that stays open; null, or a throw of `ApiTokens.confirm`, where the
 *  login or the token is not good any more. */
export const actorAgain = (actor: Actor, headers: Headers, deps: Deps): Promise<Actor | null> =>
  actor.token ? deps.apiTokens.confirm(actor) : browserActorOf(headers, deps);
