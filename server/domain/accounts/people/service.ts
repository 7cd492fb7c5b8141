import type { Role } from "@/lib/contracts/roles";
import { AppError } from "@/lib/errors/app-error";
import type { Bell } from "@/server/db/bell";
import type { Clock } from "@/server/platform/clock";
import type { Actor, OwnerId } from "@/server/platform/scope";
import type { AuditEntry } from "../../audit/types";
import { type AccessLists, isAdminLogin, roleOf } from "../rules";
import { type People, personTopic } from "../types";
import type { Outcome, PeopleStore, StoredPerson } from "./store";

type Deps = { store: PeopleStore; lists: AccessLists; bell: Bell; clock: Clock };

/** What is looked at before a change. May throw, and then nothing is changed. */
type Check = (person: StoredPerson, otherAdmins: () => Promise<number>) => Promise<void> | void;
type Change = Pick<Outcome, "set" | "endLogins" | "endTokens"> & {
  id: string;
  check?: Check;
  entry(person: StoredPerson): AuditEntry;
};

const target = ({ id, login }: StoredPerson): Pick<AuditEntry, "target"> => ({
  target: { type: "person", id, name: login },
});

export function createPeople({ store, lists, bell, clock }: Deps): People {
  /** Throws where nobody would be left to administrate. */
  const keepsAnAdmin: Check = async (person, otherAdmins) => {
    const isShutOut = person.disabledAt !== null || person.suspendedAt !== null;
    const isAdmin = roleOf(person, lists) === "admin" && !isShutOut;
    if (isAdmin && (await otherAdmins()) === 0) throw new AppError("last_administrator");
  };

  const checkRole =
    (role: Role): Check =>
    async (person, otherAdmins) => {
      if (role === roleOf(person, lists)) return;
      if (isAdminLogin(person.login, lists)) throw new AppError("role_fixed_by_settings");
      // What GitHub gives is the least that they are.
      if (roleOf({ ...person, role }, lists) !== role) throw new AppError("role_given_by_github");
      await keepsAnAdmin(person, otherAdmins);
    };

  async function change({ id, check, entry, ...outcome }: Change): Promise<OwnerId> {
    const found = await store.change(id, async (person, otherAdmins) => {
      await check?.(person, otherAdmins);
      return { ...outcome, entries: [entry(person)] };
    });
    if (!found) throw new AppError("person_not_found");
    bell.ring(personTopic(id));
    return id as OwnerId;
  }

  async function setRole(actor: Actor, id: string, role: Role): Promise<void> {
    await change({
      ...{ id, check: checkRole(role), set: { role } },
      entry: (person) => ({
        ...{ action: "person.role_changed", actor, ...target(person) },
        details: { from: roleOf(person, lists), to: role },
      }),
    });
  }

  async function setLimit(actor: Actor, id: string, turnsMax: number | null): Promise<void> {
    await change({
      ...{ id, set: { turnsMax } },
      entry: (person) => ({
        ...{ action: "person.limit_changed", actor, ...target(person) },
        details: { turnsMax },
      }),
    });
  }

  return {
    async list(input) {
      const [items, total] = await Promise.all([store.list(input, clock.now()), store.count(input)]);
      return { items, total };
    },
    async update(actor, id, { role, turnsMax }) {
      if (role !== undefined) await setRole(actor, id, role);
      if (turnsMax !== undefined) await setLimit(actor, id, turnsMax);
    },
    disable: (actor, id) =>
      change({
        id,
        async check(person, otherAdmins) {
          if (id === actor.ownerId) throw new AppError("not_yourself");
          await keepsAnAdmin(person, otherAdmins);
        },
        set: { disabledAt: clock.now() },
        endLogins: true,
        endTokens: true,
        entry: (person) => ({ action: "person.disabled", actor, ...target(person) }),
      }),
    async enable(actor, id) {
      await change({
        ...{ id, set: { disabledAt: null } },
        entry: (person) => ({ action: "person.enabled", actor, ...target(person) }),
      });
    },
    signOut: (actor, id) =>
      change({
        ...{ id, set: {}, endLogins: true },
        entry: (person) => ({ action: "person.signed_out", actor, ...target(person) }),
      }),
  };
}
