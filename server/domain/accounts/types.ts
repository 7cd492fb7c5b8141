import type { ListPeopleInput, PeoplePage } from "@/lib/contracts/people";
import type { Role } from "@/lib/contracts/roles";
import type { Actor, OwnerId } from "@/server/platform/scope";

/** What GitHub says about a person at sign-in. `githubId` stays when the login is renamed. */
export type GithubProfile = {
  githubId: string;
  login: string;
  name: string | null;
  image: string | null;
};

/** Whether a person may use this server, and if not, why. */
export type GateDecision = { allowed: true } | { allowed: false; reason: "not_on_list" | "disabled" };

/** Who signs in; `userId` is null at the first sign-in. */
export type Applicant = { login: string; userId: string | null };

export type Person = {
  id: string;
  login: string;
  name: string | null;
  image: string | null;
  role: Role;
};

export type Accounts = {
  /** The actor behind a browser login's cookie value; null where there is none, it expired or was revoked, the person
   *  was disabled, or ALLOWED_LOGINS no longer has them. Their role is what was granted by now, or `admin` where
   *  ADMIN_LOGINS names them. One query, and now and then a note that the person was seen.
   *  Membership of ALLOWED_ORGS is looked at when people sign in, not here: who leaves an organisation stays
   *  signed in until the login ends; and while ALLOWED_ORGS is set, so does who is taken off ALLOWED_LOGINS. */
  authenticate(sessionToken: string, address: string | null): Promise<Actor | null>;
  /** The person behind an actor. Throws `not_signed_in` where the account was deleted meanwhile. */
  person(actor: Actor): Promise<Person>;
  /** Decides from ALLOWED_LOGINS and ALLOWED_ORGS, without regard to case; both empty: everybody may. Who is disabled
   *  may not. `orgs` is asked only when the login alone does not decide; what it throws is thrown. */
  gate(applicant: Applicant, orgs: () => Promise<string[]>): Promise<GateDecision>;
  /** The id of the person with this GitHub account, created where it is the first sign-in. Safe to call twice and
   *  at once. Whoever held the login before keeps the account under another name. */
  register(profile: GithubProfile): Promise<string>;
  /** Records a completed sign-in: name, picture and login as GitHub has them now. Whoever held the login before
   *  (renamed on GitHub since) keeps the account under another name until their next sign-in. */
  recordSignIn(userId: string, profile: GithubProfile): Promise<void>;
};

/** What an administrator changes of a person. */
export type PersonChange = { role?: Role; turnsMax?: number | null };

/** People, as administrators see and change them. Each change is in the audit log, in the same transaction. All throw
 *  `person_not_found`. */
export type People = {
  list(input: ListPeopleInput): Promise<PeoplePage>;
  /** In force at the person's next request. Throws `last_administrator` where nobody would be left to administrate, and
   *  `role_fixed_by_settings` where ADMIN_LOGINS names them. */
  update(actor: Actor, id: string, change: PersonChange): Promise<void>;
  /** Ends every login of the person; none begins until they are enabled again. Throws `not_yourself`,
   *  `last_administrator`. Safe to repeat. */
  disable(actor: Actor, id: string): Promise<OwnerId>;
  enable(actor: Actor, id: string): Promise<void>;
  /** Ends every login of the person. */
  signOut(actor: Actor, id: string): Promise<OwnerId>;
};

/** The bell's topic of a person: their logins, or what they may do, have changed. */
export const personTopic = (id: string): string => `person:${id}`;
