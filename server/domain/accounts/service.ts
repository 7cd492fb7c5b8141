import { AppError } from "@/lib/errors/app-error";
import type { Clock } from "@/server/platform/clock";
import type { Actor } from "@/server/platform/scope";
import { type AccessLists, gateByLogin, gateByOrgs, isRoleMapped, isSeenNote, roleOf } from "./rules";
import { type AccountStore, type Login, mayActSql } from "./store";
import type { Accounts, Applicant, AskGithub, GateDecision, Memberships, Refusal } from "./types";

type Options = {
  store: AccountStore;
  memberships: Pick<Memberships, "read" | "settle" | "restore">;
  lists: AccessLists;
  clock: Clock;
};

/** What a cookie value of ours can look like; anything else is not worth a query. */
const SESSION_TOKEN = /^[\x21-\x7e]{1,256}$/;

const refused = (reason: Refusal): GateDecision => ({ allowed: false, reason });

/** People: who is behind a browser login, and who may have one. See `Accounts` for what each call guarantees. */
export function createAccounts({ store, memberships, lists, clock }: Options): Accounts {
  async function gateByMap({ login, userId }: Applicant, { membership }: AskGithub): Promise<GateDecision> {
    const reading = await memberships.read(membership);
    const isAllowed = reading.role !== null || gateByLogin(login, lists) === "allowed";
    const needsSso = reading.loss === "sso_required";
    // Where GitHub did not show everything, a refusal says nothing about what the person has lost.
    if (userId && (isAllowed || reading.isSure)) {
      const became = await memberships.settle({ id: userId, login, reading });
      if (became === "suspended") return refused(needsSso ? "sso_required" : "suspended");
      return { allowed: true, mappedRole: reading.role };
    }
    if (isAllowed) return { allowed: true, mappedRole: reading.role };
    return refused(needsSso ? "sso_required" : "not_a_member");
  }

  async function gateByLists({ login, userId }: Applicant, { orgs }: AskGithub): Promise<GateDecision> {
    const decision = gateByLogin(login, lists);
    const isAllowed =
      decision === "allowed" || (decision === "ask_github" && gateByOrgs(await orgs(), lists));
    if (!isAllowed) return refused("not_on_list");
    // Suspended while there was a GITHUB_ROLE_MAP.
    if (userId) await memberships.restore(userId);
    return { allowed: true, mappedRole: null };
  }

  async function admit(found: Login | null, by: Pick<Actor, "address" | "token">): Promise<Actor | null> {
    if (!found || gateByLogin(found.login, lists) === "refused") return null;
    const { ownerId, login, lastSeenAt } = found;
    const now = clock.now();
    if (isSeenNote(lastSeenAt, now)) await store.noteSeen(ownerId, now);
    return { kind: "user", ownerId, login, role: roleOf(found, lists), ...by };
  }

  return {
    async authenticate(sessionToken, address) {
      if (!SESSION_TOKEN.test(sessionToken)) return null;
      return admit(await store.findLogin(sessionToken, clock.now()), { address, token: null });
    },
    actor: async (owner, by) => admit(await store.findActive(owner), by),

    async person({ ownerId }) {
      const found = await store.findPerson(ownerId);
      if (!found) throw new AppError("not_signed_in");
      const { mappedRole: _, ...person } = found;
      return { ...person, role: roleOf(found, lists) };
    },

    async gate(applicant, github) {
      const { userId } = applicant;
      if (userId && (await store.isDisabled(userId))) return refused("disabled");
      return isRoleMapped(lists) ? gateByMap(applicant, github) : gateByLists(applicant, github);
    },

    register(profile, mappedRole = null) {
      const now = clock.now();
      return store.findOrCreate(profile, { mappedRole, membershipAt: isRoleMapped(lists) ? now : null }, now);
    },
    recordSignIn: (userId, profile) => store.update(userId, profile, clock.now()),
    roleSql: store.roleSql(lists),
    mayActSql: mayActSql(lists),
  };
}
