import type { Secret } from "@/server/platform/secret";
import type { GithubHosts } from "./hosts";

/** Tokens as GitHub's token endpoint gave them. Times are absolute; null means "does not expire". */
export type IssuedTokens = {
  accessToken: Secret;
  refreshToken: Secret | null;
  accessExpiresAt: Date | null;
  refreshExpiresAt: Date | null;
  scope: string | null;
};

/** `refused`: GitHub will not take this code or refresh token again. */
export type TokenAnswer = { ok: true; tokens: IssuedTokens } | { ok: false; reason: "refused" };

/** The person behind a token. `githubId` stays when the login is renamed. */
export type GithubUser = { githubId: string; login: string; name: string | null; image: string | null };

/** `readable: false`: the token may not list organisations (an OAuth App without the scope `read:org`). */
type Organizations = { readable: true; logins: string[] } | { readable: false };

/** An organisation, or one of its teams by its slug. */
export type GithubPlace = { org: string; team: string | null };

/** `none`: an invitation that was not accepted is none either. `sso`: the organisation shows nothing to this token
 *  before the person has signed in there with single sign-on. `hidden`: GitHub does not say, because the token has not
 *  the scope `read:org`, the GitHub App lacks a permission, or the organisation has not let the app in. */
export type Membership = "member" | "none" | "sso" | "hidden";

/** Every call ends within about 20 s, and throws `github_unavailable` where GitHub gave no usable answer. */
export type Github = {
  hosts: GithubHosts;
  /** Trades the code of a sign-in for tokens; tried a second time where the first gave no answer. A code works once:
   *  where GitHub took it and the answer was lost, the second is `refused`, and the person signs in again as without it. */
  exchangeCode(input: {
    code: string;
    codeVerifier: string | undefined;
    redirectUri: string;
  }): Promise<TokenAnswer>;
  /** Rotates a pair of tokens: where GitHub answers with tokens, the old pair is worth nothing any more, also if
   *  the answer is lost on the way. Never repeated, for that reason. `refused` is about this refresh token alone:
   *  wrong client credentials throw `github_unavailable`. */
  refresh(refreshToken: Secret): Promise<TokenAnswer>;
  /** The person behind `token`. Throws `github_sign_in_required` where GitHub does not accept it. */
  user(token: Secret): Promise<GithubUser>;
  /** The organisations in which the person is an active member, at most 1,000. Throws
   *  `github_sign_in_required` where GitHub does not accept the token. */
  organizations(token: Secret): Promise<Organizations>;
  /** Whether the person behind `token`, whose login is `login` by now, is an active member of a place; of a team also
   *  through the teams below it. Throws `github_sign_in_required` where GitHub does not accept the token. */
  membership(token: Secret, place: GithubPlace, login: string): Promise<Membership>;
};
