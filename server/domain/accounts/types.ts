import type { ListPeopleInput, PeoplePage } from "@/lib/contracts/people";
import type { Role } from "@/lib/contracts/roles";
import type { Prisma } from "@/server/db/client";
import type { GithubPlace, Membership } from "@/server/github/types";
import type { Actor, OwnerId } from "@/server/platform/scope";

/** What GitHub says about a person at sign-in. `githubId` stays when the login is renamed. */
export type GithubProfile = {
  githubId: string;
  login: string;
  name: string | null;
  image: string | null;
};

/** Why people are refused: not on the lists; disabled by an administrator; in none of the organisations and teams that
 *  may; in one, perhaps, that shows nothing before single sign-on; in none any more. */
export type Refusal = "not_on_list" | "disabled" | "not_a_member" | "sso_required" | "suspended";

/** Whether a person may use this server, and if not, why. `mappedRole`: what GITHUB_ROLE_MAP gives them. */
export type GateDecision = { allowed: true; mappedRole: Role | null } | { allowed: false; reason: Refusal };

/** Who signs in; `userId` is null at the first sign-in. */
export type Applicant = { login: string; userId: string | null };

/** How GitHub is asked about the person who signs in. What it throws is thrown. */
export type AskGithub = {
  orgs(): Promise<string[]>;
  membership(place: GithubPlace): Promise<Membership>;
};

export type Person = {
  id: string;
  login: string;
  name: string | null;
  image: string | null;
  role: Role;
};

export type Accounts = {
  /** The actor behind a browser login's cookie value; null where there is none, it expired or was revoked, the person
   *  was disabled or suspended, or ALLOWED_LOGINS no longer has them. Their role is the strongest of what was granted by
   *  now, what GITHUB_ROLE_MAP gives, and `admin` where ADMIN_LOGINS names them. One query, and now and then a note that
   *  the person was seen.
   *  Memberships are looked at when people sign in, not here. With GITHUB_ROLE_MAP they are read again every
   *  `MEMBERSHIP_EVERY_MS`. Without it, who leaves an organisation of ALLOWED_ORGS stays signed in until the login
   *  ends; and while ALLOWED_ORGS is set, so does who is taken off ALLOWED_LOGINS. */
  authenticate(sessionToken: string, address: string | null): Promise<Actor | null>;
  /** `owner` as the actor of a call that came with a token of theirs, by the same rule: null where `authenticate` would
   *  know a login of theirs no more. */
  actor(owner: OwnerId, by: Pick<Actor, "address" | "token">): Promise<Actor | null>;
  /** The person behind an actor. Throws `not_signed_in` where the account was deleted meanwhile. */
  person(actor: Pick<Actor, "ownerId">): Promise<Person>;
  /** Decides from ALLOWED_LOGINS, ALLOWED_ORGS and GITHUB_ROLE_MAP, without regard to case; all empty: everybody may.
   *  Who is disabled may not. With GITHUB_ROLE_MAP, GitHub is always asked, and what it says is stored of a person who
   *  is known already: their role, or that they are suspended, or not any more. Without, it is asked only when the
   *  login alone does not decide. */
  gate(applicant: Applicant, github: AskGithub): Promise<GateDecision>;
  /** The id of the person with this GitHub account, created with `mappedRole` (default: none) where it is the first sign-in. Safe to
   *  call twice and at once. Whoever held the login before keeps the account under another name. */
  register(profile: GithubProfile, mappedRole?: Role | null): Promise<string>;
  /** Records a completed sign-in: name, picture and login as GitHub has them now. Whoever held the login before
   *  (renamed on GitHub since) keeps the account under another name until their next sign-in. */
  recordSignIn(userId: string, profile: GithubProfile): Promise<void>;
  /** What a person may do by now, as text, for a statement in which `u` is their row of "User": the rule of
   *  `authenticate`, for rooms that ask about many people at once. Says nothing about who is shut out. */
  roleSql: Prisma.Sql;
  /** Whether that person may use this server by now, likewise. */
  mayActSql: Prisma.Sql;
};

/** Why somebody loses what GITHUB_ROLE_MAP gave them. `sign_in_required`: there is no token to ask GitHub with, or it
 *  takes it no more. */
export type Loss = "not_a_member" | "sso_required" | "sign_in_required";

/** What GitHub said about the places of GITHUB_ROLE_MAP and ALLOWED_ORGS: the strongest role that one gives, or why none
 *  does. Not `isSure`: it did not show a place that may give more. */
export type Reading = { role: Role | null; loss: Loss | null; isSure: boolean };

/** Somebody whose memberships are to be read again. */
export type DueMembership = { ownerId: OwnerId; login: string; claimedAt: Date };

export type Memberships = {
  /** Asks about as many places as it takes to know. What `ask` throws is thrown. */
  read(ask: (place: GithubPlace) => Promise<Membership>): Promise<Reading>;
  /** At most `rows` people whose memberships were read longer than `MEMBERSHIP_EVERY_MS` ago, or never, and who are not
   *  shut out. Nobody else gets them, in any process, for `MEMBERSHIP_AGAIN_MS`. */
  claim(rows: number): Promise<DueMembership[]>;
  /** Makes a reading count: role, suspension and their lines in the audit log, all or nothing. Who is suspended has no
   *  login and no API token any more; their turns and GitHub tokens are the caller's. The last administrator stays what they are. `outdated`:
   *  somebody has read since `claimedAt`, or the person is gone; nothing was changed. */
  settle(input: {
    id: string;
    login: string;
    reading: Reading;
    claimedAt?: Date;
  }): Promise<"member" | "suspended" | "outdated">;
  /** Ends a suspension, where there is one. */
  restore(id: string): Promise<void>;
};

/** What an administrator changes of a person. */
export type PersonChange = { role?: Role; turnsMax?: number | null };

/** People, as administrators see and change them. Each change is in the audit log, in the same transaction. All throw
 *  `person_not_found`. */
export type People = {
  list(input: ListPeopleInput): Promise<PeoplePage>;
  /** In force at the person's next request. Throws `last_administrator` where nobody would be left to administrate,
   *  `role_fixed_by_settings` where ADMIN_LOGINS names them, and `role_given_by_github` where GITHUB_ROLE_MAP gives them
   *  more. */
  update(actor: Actor, id: string, change: PersonChange): Promise<void>;
  /** Ends every login and every API token of the person; none begins until they are enabled again, and those that have
   *  ended stay so. Throws `not_yourself`, `last_administrator`. Safe to repeat. */
  disable(actor: Actor, id: string): Promise<OwnerId>;
  enable(actor: Actor, id: string): Promise<void>;
  /** Ends every login of the person; their API tokens stay. */
  signOut(actor: Actor, id: string): Promise<OwnerId>;
};

/** The bell's topic of a person: their logins, their API tokens, or what they may do, have changed. */
export const personTopic = (id: string): string => `person:${id}`;
