import { AppError } from "@/lib/errors/app-error";
import type { Clock } from "@/server/platform/clock";
import { type AccessLists, gateByLogin, gateByOrgs, isSeenNote, roleOf } from "./rules";
import type { AccountStore } from "./store";
import type { Accounts } from "./types";

type Options = { store: AccountStore; lists: AccessLists; clock: Clock };

/** What a cookie value of ours can look like; anything else is not worth a query. */
const SESSION_TOKEN = /^[\x21-\x7e]{1,256}$/;

/** People: who is behind a browser login, and who may have one. See `Accounts` for what each call guarantees. */
export function createAccounts({ store, lists, clock }: Options): Accounts {
  return {
    async authenticate(sessionToken, address) {
      if (!SESSION_TOKEN.test(sessionToken)) return null;
      const now = clock.now();
      const found = await store.findLogin(sessionToken, now);
      if (!found || gateByLogin(found.login, lists) === "refused") return null;
      const { ownerId, login, lastSeenAt } = found;
      if (isSeenNote(lastSeenAt, now)) await store.noteSeen(ownerId, now);
      return { kind: "user", ownerId, login, role: roleOf(found, lists), address };
    },

    async person(actor) {
      const person = await store.findPerson(actor.ownerId);
      if (!person) throw new AppError("not_signed_in");
      return { ...person, role: roleOf(person, lists) };
    },

    async gate({ login, userId }, orgs) {
      if (userId && (await store.isDisabled(userId))) return { allowed: false, reason: "disabled" };
      const decision = gateByLogin(login, lists);
      const allowed = decision === "allowed" || (decision === "ask_orgs" && gateByOrgs(await orgs(), lists));
      return allowed ? { allowed: true } : { allowed: false, reason: "not_on_list" };
    },

    register: (profile) => store.findOrCreate(profile, clock.now()),
    recordSignIn: (userId, profile) => store.update(userId, profile, clock.now()),
  };
}
