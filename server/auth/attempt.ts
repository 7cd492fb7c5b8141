import type { Role } from "@/lib/contracts/roles";
import type { Refusal } from "@/server/domain/accounts/types";
import type { GithubUser, IssuedTokens } from "@/server/github/types";

/** Why a sign-in did not succeed; the sign-in page explains each. */
export type SignInError =
  | Refusal
  | "github_unavailable"
  | "access_denied"
  | "form_expired"
  | "OAuthSignin"
  | "OAuthCallback"
  | "Callback"
  | "Configuration";

/** What one request to NextAuth finds out on its way. It is how GitHub's tokens reach the credentials room without
 *  passing through NextAuth, its account objects and its logger. */
export type SignInAttempt = {
  action: string;
  profile: GithubUser | null;
  tokens: IssuedTokens | null;
  /** The person behind the GitHub account; null before the first sign-in made one. */
  userId: string | null;
  /** What GITHUB_ROLE_MAP gives them. */
  mappedRole: Role | null;
  error: SignInError | null;
};

/** A fresh attempt; one a request. */
export const newAttempt = (action: string): SignInAttempt => ({
  action,
  profile: null,
  tokens: null,
  userId: null,
  mappedRole: null,
  error: null,
});

const NEXTAUTH_ERRORS: readonly SignInError[] = ["OAuthSignin", "OAuthCallback", "Callback", "Configuration"];

/** NextAuth's own error code as ours; whatever it makes up else (an exception's text) is `Callback`. */
export const signInErrorOf = (code: string | null): SignInError =>
  NEXTAUTH_ERRORS.find((known) => known === code) ?? "Callback";

const REFUSALS: readonly Refusal[] = ["not_on_list", "disabled", "not_a_member", "sso_required", "suspended"];

/** Whether a sign-in failed because this person may not use this server. */
export const isRefusal = (error: SignInError | null): error is Refusal =>
  REFUSALS.some((refusal) => refusal === error);

/** The sign-in page with the reason of a failure; with the login where the page needs to name it. */
export function signInPage(error: SignInError, login?: string): string {
  const query = new URLSearchParams({ error });
  if (isRefusal(error) && login) query.set("login", login);
  return `/signin?${query}`;
}
