import type { Role } from "@/lib/contracts/roles";
import type { GithubPlace, Membership } from "@/server/github/types";
import type { RoleMapping } from "@/server/platform/role-map";
import type { AuditEntry } from "../../audit/types";
import type { Outcome, StoredPerson } from "../people/store";
import { type AccessLists, gateByLogin, roleOf } from "../rules";
import type { Loss, Reading } from "../types";

/** Asks about one place after the other, strongest role first, until one has the person. */
export async function readPlaces(
  places: RoleMapping[],
  ask: (place: GithubPlace) => Promise<Membership>,
): Promise<Reading> {
  const asked: Membership[] = [];
  for (const { role, ...place } of places) {
    const membership = await ask(place);
    if (membership === "member") return { role, loss: null, isSure: !asked.includes("hidden") };
    asked.push(membership);
  }
  const loss = asked.includes("sso") ? "sso_required" : "not_a_member";
  return { role: null, loss, isSure: !asked.includes("hidden") };
}

/** `unchanged`: they would have been the last administrator. */
export type Settlement = { outcome: Outcome; became: "member" | "suspended" | "unchanged" };

type Known = { person: StoredPerson; reading: Reading; lists: AccessLists; now: Date };

/** What a reading makes of a person: their mapped role, suspended, or restored. Nobody is suspended whose login may sign
 *  in anyway. `otherAdmins`: enabled administrators beside them. */
export async function settle(
  { person, reading, lists, now }: Known,
  otherAdmins: () => Promise<number>,
): Promise<Settlement> {
  const { role: mappedRole, loss } = reading;
  const wasShutOut = person.disabledAt !== null || person.suspendedAt !== null;
  const isSuspended = mappedRole === null && gateByLogin(person.login, lists) !== "allowed";
  const [before, after] = [roleOf(person, lists), roleOf({ ...person, mappedRole }, lists)];

  const isLost = before === "admin" && !wasShutOut && (isSuspended || after !== "admin");
  if (isLost && lists.ADMIN_LOGINS.length === 0 && (await otherAdmins()) === 0) {
    return { outcome: { set: { membershipAt: now }, entries: [] }, became: "unchanged" };
  }
  return {
    outcome: {
      set: {
        mappedRole,
        membershipAt: now,
        suspendedAt: isSuspended ? (person.suspendedAt ?? now) : null,
      },
      endLogins: isSuspended,
      endTokens: isSuspended,
      entries: entriesOf(person, { isSuspended, loss, before, after }),
    },
    became: isSuspended ? "suspended" : "member",
  };
}

type Change = { isSuspended: boolean; loss: Loss | null; before: Role; after: Role };

function entriesOf(person: StoredPerson, { isSuspended, loss, before, after }: Change): AuditEntry[] {
  const entry = membershipEntry(person);
  const wasSuspended = person.suspendedAt !== null;
  if (isSuspended) return wasSuspended ? [] : [entry("person.suspended", { reason: loss })];
  return [
    ...(wasSuspended ? [entry("person.restored")] : []),
    ...(before === after ? [] : [entry("person.role_changed", { from: before, to: after })]),
  ];
}

/** A line in the audit log about a person, of whom GitHub said something. */
export const membershipEntry =
  ({ id, login }: StoredPerson) =>
  (action: AuditEntry["action"], details: AuditEntry["details"] = {}): AuditEntry => ({
    action,
    actor: { kind: "system", name: "membership" },
    target: { type: "person", id, name: login },
    details,
  });
