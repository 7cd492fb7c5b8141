import type { CopilotIdentity } from "@/server/copilot/types";
import type { OwnerId } from "@/server/platform/scope";
import type { Secret } from "@/server/platform/secret";

/** Tokens as GitHub's token endpoint gave them. Times are absolute; null means "does not expire". */
export type GithubTokens = {
  accessToken: Secret;
  refreshToken: Secret | null;
  accessExpiresAt: Date | null;
  refreshExpiresAt: Date | null;
  scope: string | null;
};

/** What a token is asked for: Copilot (the default), or to read its owner's memberships. */
export type TokenUse = "copilot" | "membership";

/** The kinds of credentials whose use is noted. */
export type UsedKind = "github_user" | "github_service" | "api_token";

export type TokenUses = {
  /** Notes in the audit log that a person's credential was used, once a person, kind and day (UTC) over all processes.
   *  Returns at once; a failure is logged, and tried again at the next use. */
  note(owner: OwnerId, kind: UsedKind): void;
};

/** Under whose GitHub account Copilot's models are asked: each person's own, or that of the CLI servers for everybody. */
export type IdentityMode = CopilotIdentity["kind"];

export type Credentials = {
  readonly identityMode: IdentityMode;
  /** Seals and stores the tokens of a fresh sign-in, replacing older ones. */
  store(userId: string, tokens: GithubTokens): Promise<void>;
  /** A token of this owner that is valid now; refreshed once, however many callers ask, also across processes. That it
   *  was used for `copilot`, to run sessions and list models, is in the audit log, once a day; that costs the caller
   *  nothing. Throws `github_sign_in_required` (no token, rejected, refresh refused) or `github_unavailable`. */
  accessToken(owner: OwnerId, use?: TokenUse): Promise<Secret>;
  /** The identity with which Copilot's models are asked for this owner: their own token as by `accessToken`, or the CLI
   *  servers' own, where the operator chose that; never the one for the other. Its use is in the audit log, once a day. */
  copilotIdentity(owner: OwnerId): Promise<CopilotIdentity>;
  /** GitHub refused this owner's token: every later `accessToken` throws `github_sign_in_required` until the
   *  next sign-in. A token that was replaced meanwhile stays untouched. */
  reject(owner: OwnerId, refused: Secret): Promise<void>;
  /** Removes what is stored of this owner: there is no token until the next sign-in. Safe to repeat. */
  forget(owner: OwnerId): Promise<void>;
  status(owner: OwnerId): Promise<"active" | "sign_in_required">;
};
