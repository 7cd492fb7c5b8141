import { randomBytes } from "node:crypto";
import pino from "pino";
import type { GithubSimulator } from "@/e2e/simulators/github-simulator";
import { browserActorOf } from "@/server/auth/actor";
import { createAuth } from "@/server/auth/handler";
import { createCrypto } from "@/server/crypto/crypto";
import type { Db } from "@/server/db/client";
import { createMemberships } from "@/server/domain/accounts/membership/service";
import { createMembershipStore } from "@/server/domain/accounts/membership/store";
import { createPeopleStore } from "@/server/domain/accounts/people/store";
import type { AccessLists } from "@/server/domain/accounts/rules";
import { createAccounts } from "@/server/domain/accounts/service";
import { createAccountStore } from "@/server/domain/accounts/store";
import { endTokensSql } from "@/server/domain/api-tokens/store";
import { createCredentials } from "@/server/domain/credentials/service";
import { createCredentialStore } from "@/server/domain/credentials/store";
import { createGithub } from "@/server/github/github";
import type { Github } from "@/server/github/types";
import { systemClock as clock } from "@/server/platform/clock";
import type { EncryptionKey } from "@/server/platform/encryption-keys";
import { auditOf } from "./database";
import { NO_LISTS } from "./services";

const key: EncryptionKey = { id: "k1", bytes: new Uint8Array(randomBytes(32)) };

type Parts = { simulator: GithubSimulator; db: Db };
type Overrides = { lists?: Partial<AccessLists>; appUrl?: string; github?: Partial<Github>; scope?: string };

/** The whole sign-in side of one app process, on real parts. */
export function startSignIn(
  { simulator, db }: Parts,
  {
    lists: given,
    appUrl = "http://localhost:3000",
    github: broken,
    scope = "read:user read:org",
  }: Overrides = {},
) {
  const lists: AccessLists = { ...NO_LISTS, ...given };
  const lines: string[] = [];
  const log = pino({ level: "debug" }, { write: (line: string) => lines.push(line) });
  const env = {
    APP_URL: appUrl,
    TRUSTED_PROXIES: 0,
    NEXTAUTH_SECRET: "a-secret-of-at-least-thirty-two-characters",
    GITHUB_URL: simulator.url,
    GITHUB_CLIENT_ID: simulator.client.clientId,
    GITHUB_CLIENT_SECRET: simulator.client.clientSecret,
    GITHUB_SCOPE: scope,
    GITHUB_ROLE_MAP: lists.GITHUB_ROLE_MAP,
  };
  const github = { ...createGithub({ env, clock }), ...broken };
  const crypto = createCrypto([key]);
  const uses = { note: () => {} };
  const credentials = createCredentials({
    ...{ store: createCredentialStore(db), crypto, github, uses, identityMode: "user", clock, log },
  });
  const audit = auditOf(db);
  const memberships = createMemberships({
    store: createMembershipStore(db),
    people: createPeopleStore(db, { audit, lists, endTokensSql }),
    ...{ lists, clock, log, bell: { ring: () => {} } },
  });
  const accounts = createAccounts({ store: createAccountStore(db), memberships, lists, clock });
  const auth = createAuth({ env, db, accounts, credentials, github, audit, clock, log });
  return { env, auth, accounts, memberships, credentials, audit, github, lines };
}
type App = ReturnType<typeof startSignIn>;

/** A browser's cookie jar in front of one app. */
export function openBrowser(app: App) {
  const jar = new Map<string, string>();
  const cookieHeader = () => [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
  const setCookies: string[] = [];

  async function visit(path: string, form?: Record<string, string>): Promise<Response> {
    const url = new URL(path, app.env.APP_URL);
    const segments = url.pathname.split("/").slice(3);
    const headers = { cookie: cookieHeader() };
    const init = form ? { method: "POST", headers, body: new URLSearchParams(form) } : { headers };
    const response = await app.auth.handle(new Request(url, init), segments);
    for (const line of response.headers.getSetCookie()) {
      setCookies.push(line);
      const [pair = ""] = line.split(";");
      const [name = "", ...value] = pair.split("=");
      if (/Max-Age=0/i.test(line)) jar.delete(name);
      else jar.set(name, decodeURIComponent(value.join("=")));
    }
    return response;
  }
  const csrf = async () =>
    ((await (await visit("/api/auth/csrf")).json()) as { csrfToken: string }).csrfToken;
  const locationOf = (response: Response) => response.headers.get("location") ?? "";

  return {
    jar,
    setCookies,
    visit,
    /** Presses "Sign in" and stops in front of GitHub's page. */
    async toGithub(login?: string, callbackUrl = "/"): Promise<URL> {
      const query = login ? `?${new URLSearchParams({ login })}` : "";
      const form = { csrfToken: await csrf(), callbackUrl };
      return new URL(locationOf(await visit(`/api/auth/signin/github${query}`, form)));
    },
    /** The whole way; gives the address where the browser ends up. */
    async signIn(login: string, callbackUrl = "/"): Promise<string> {
      const approved = await fetch(await this.toGithub(login, callbackUrl), { redirect: "manual" });
      return locationOf(await visit(locationOf(approved)));
    },
    signOut: async () => visit("/api/auth/signout", { csrfToken: await csrf(), callbackUrl: "/signin" }),
    actor: () => browserActorOf(new Headers({ cookie: cookieHeader() }), app),
  };
}
