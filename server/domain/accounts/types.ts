import type { Actor } from "@/server/platform/scope";

/** What GitHub says about a person at sign-in. `githubId` stays when the login is renamed. */
export type GithubProfile = {
  githubId: string;
  login: string;
  name: string | null;
  image: string | null;
};

/** Whether a person may use this server, and if not, why. */
export type GateDecision = { allowed: true } | { allowed: false; reason: "not_on_list" };

export type Person = {
  id: string;
  login: string;
  name: string | null;
  image: string | null;
  isAdmin: boolean;
};

export type Accounts = {
  /** The actor behind a browser login's cookie value; null where there is none, it expired or was revoked, or
   *  ALLOWED_LOGINS no longer has the person. Administrators are who ADMIN_LOGINS names now. One query.
   *  Membership of ALLOWED_ORGS is looked at when people sign in, not here: who leaves an organisation stays
   *  signed in until the login ends; and while ALLOWED_ORGS is set, so does who is taken off ALLOWED_LOGINS. */
  authenticate(sessionToken: string): Promise<Actor | null>;
  /** The person behind an actor. Throws `not_signed_in` where the account was deleted meanwhile. */
  person(actor: Actor): Promise<Person>;
  /** Decides from ALLOWED_LOGINS and ALLOWED_ORGS, without regard to case; both empty: everybody may. `orgs` is
   *  asked only when the login alone does not decide; what it throws is thrown. */
  gate(login: string, orgs: () => Promise<string[]>): Promise<GateDecision>;
  /** The id of the person with this GitHub account, created where it is the first sign-in. Safe to call twice and
   *  at once. Whoever held the login before keeps the account under another name. */
  register(profile: GithubProfile): Promise<string>;
  /** Records a completed sign-in: name, picture and login as GitHub has them now. Whoever held the login before
   *  (renamed on GitHub since) keeps the account under another name until their next sign-in. */
  recordSignIn(userId: string, profile: GithubProfile): Promise<void>;
};
