import { z } from "zod";
import { AppError } from "@/lib/errors/app-error";
import type { Clock } from "@/server/platform/clock";
import type { Env } from "@/server/platform/env";
import { Secret } from "@/server/platform/secret";
import { githubHosts } from "./hosts";
import { type Call, callOnce, callTwice, type Fetch, githubUnavailable, parseAnswer } from "./http";
import type { Github, IssuedTokens, TokenAnswer } from "./types";

type Options = {
  env: Pick<Env, "GITHUB_URL" | "GITHUB_CLIENT_ID" | "GITHUB_CLIENT_SECRET">;
  clock: Clock;
  fetch?: Fetch;
};

/** GitHub's largest page. */
const PAGE_SIZE = 100;
/** Most pages that are read of one person's organisations. */
const PAGES_MAX = 10;

/** The token endpoint's words for a code or refresh token that is used up, expired or revoked. */
const REFUSALS = new Set(["bad_verification_code", "bad_refresh_token"]);

const Seconds = z.coerce.number().int().positive();
const TokenBody = z.union([
  z.object({ error: z.string() }),
  z.object({
    access_token: z.string().min(1),
    scope: z.string().optional(),
    expires_in: Seconds.optional(),
    refresh_token: z.string().min(1).optional(),
    refresh_token_expires_in: Seconds.optional(),
  }),
]);
const UserBody = z.object({
  id: z.union([z.int().positive(), z.string().min(1)]).transform(String),
  login: z.string().min(1),
  name: z.string().nullish(),
  avatar_url: z.string().nullish(),
});
const MembershipsBody = z.array(
  z.object({ state: z.string(), organization: z.object({ login: z.string() }) }),
);

const MembershipBody = z.object({ state: z.string() });

/** Any of these lets an OAuth App's token see memberships. A GitHub App's token has no scopes, and no such header. */
const ORG_SCOPES = ["read:org", "write:org", "admin:org"];

function canSeeOrgs(headers: Headers): boolean {
  const scopes = headers.get("x-oauth-scopes");
  if (scopes === null) return true;
  return scopes.split(",").some((scope) => ORG_SCOPES.includes(scope.trim()));
}

/** The only caller of GitHub. Holds no state; safe to share. See `Github` for what each call guarantees. */
export function createGithub({ env, clock, fetch = globalThis.fetch }: Options): Github {
  const hosts = githubHosts(env.GITHUB_URL);
  const { web, api } = hosts;

  function issued(body: Exclude<z.infer<typeof TokenBody>, { error: string }>): IssuedTokens {
    const now = clock.now().getTime();
    const after = (seconds: number | undefined) =>
      seconds === undefined ? null : new Date(now + seconds * 1_000);
    return {
      accessToken: new Secret(body.access_token),
      refreshToken: body.refresh_token === undefined ? null : new Secret(body.refresh_token),
      accessExpiresAt: after(body.expires_in),
      refreshExpiresAt: after(body.refresh_token_expires_in),
      scope: body.scope || null,
    };
  }

  function tokenCall(grant: Record<string, string>): Call {
    const body = new URLSearchParams({
      client_id: env.GITHUB_CLIENT_ID,
      client_secret: env.GITHUB_CLIENT_SECRET,
      ...grant,
    });
    return {
      url: `${web}/login/oauth/access_token`,
      init: { method: "POST", headers: { accept: "application/json", "user-agent": "flightdeck" }, body },
    };
  }

  function tokensOf(text: string): TokenAnswer {
    // GitHub answers 200 also when it refuses: the body decides.
    const answer = parseAnswer(TokenBody, text);
    if (!("error" in answer)) return { ok: true, tokens: issued(answer) };
    if (REFUSALS.has(answer.error)) return { ok: false, reason: "refused" };
    throw githubUnavailable(new Error(`GitHub's token endpoint answered ${answer.error}`));
  }

  async function get(path: string, accessToken: Secret) {
    const headers = {
      accept: "application/vnd.github+json",
      "x-github-api-version": "2022-11-28",
      "user-agent": "flightdeck",
      authorization: accessToken.use((value) => `Bearer ${value}`),
    };
    const answer = await callTwice(fetch, clock, { url: `${api}${path}`, init: { method: "GET", headers } });
    if (answer.status === 401) throw new AppError("github_sign_in_required");
    return answer;
  }

  return {
    hosts,

    async exchangeCode({ code, codeVerifier, redirectUri }) {
      const grant = { code, redirect_uri: redirectUri, ...(codeVerifier && { code_verifier: codeVerifier }) };
      return tokensOf((await callTwice(fetch, clock, tokenCall(grant))).text);
    },

    async refresh(refreshToken) {
      const request = refreshToken.use((value) =>
        tokenCall({ grant_type: "refresh_token", refresh_token: value }),
      );
      return tokensOf((await callOnce(fetch, request)).text);
    },

    async user(accessToken) {
      const { status, text } = await get("/user", accessToken);
      if (status !== 200) throw githubUnavailable(new Error(`GET /user answered ${status}`));
      const { id, login, name, avatar_url } = parseAnswer(UserBody, text);
      return { githubId: id, login, name: name || null, image: avatar_url || null };
    },

    async organizations(accessToken) {
      const logins: string[] = [];
      for (let page = 1; page <= PAGES_MAX; page += 1) {
        const path = `/user/memberships/orgs?state=active&per_page=${PAGE_SIZE}&page=${page}`;
        const { status, text } = await get(path, accessToken);
        if (status === 403 || status === 404) return { readable: false };
        if (status !== 200) throw githubUnavailable(new Error(`GET memberships answered ${status}`));
        const memberships = parseAnswer(MembershipsBody, text);
        for (const { state, organization } of memberships)
          if (state === "active") logins.push(organization.login);
        if (memberships.length < PAGE_SIZE) break;
      }
      return { readable: true, logins };
    },

    async membership(accessToken, { org, team }, login) {
      const path =
        team === null
          ? `/user/memberships/orgs/${encodeURIComponent(org)}`
          : `/orgs/${encodeURIComponent(org)}/teams/${encodeURIComponent(team)}/memberships/${encodeURIComponent(login)}`;
      const { status, text, headers } = await get(path, accessToken);
      if (status === 200) return parseAnswer(MembershipBody, text).state === "active" ? "member" : "none";
      if (status !== 403 && status !== 404) {
        throw githubUnavailable(new Error(`GET membership answered ${status}`));
      }
      if (headers.get("x-github-sso")?.startsWith("required")) return "sso";
      // To a token that may not look, GitHub also says that there is nothing.
      return status === 404 && canSeeOrgs(headers) ? "none" : "hidden";
    },
  };
}
