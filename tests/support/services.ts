import pino from "pino";
import { createMemberships } from "@/server/domain/accounts/membership/service";
import { createMembershipStore } from "@/server/domain/accounts/membership/store";
import { createPeople } from "@/server/domain/accounts/people/service";
import { createPeopleStore } from "@/server/domain/accounts/people/store";
import type { AccessLists } from "@/server/domain/accounts/rules";
import { createAccounts } from "@/server/domain/accounts/service";
import { createAccountStore } from "@/server/domain/accounts/store";
import { createAdmin } from "@/server/domain/admin/service";
import { systemClock } from "@/server/platform/clock";
import type { Services } from "@/server/trpc/context";
import { auditOf } from "./database";
import type { TestProcess } from "./process";

/** Everybody may sign in, and nobody is named. */
export const NO_LISTS: AccessLists = {
  ...{ ALLOWED_LOGINS: [], ALLOWED_ORGS: [], ADMIN_LOGINS: [] },
  GITHUB_ROLE_MAP: [],
};

/** Everything that procedures call, on a process of a test. */
export function servicesOf(
  { db, bell, credentials, usage, fleet, sessions, administration, retention, processes, turns }: TestProcess,
  lists: AccessLists = NO_LISTS,
): Services {
  const audit = auditOf(db);
  const log = pino({ level: "silent" });
  const clock = systemClock;
  const peopleStore = createPeopleStore(db, { audit, lists });
  const people = createPeople({ store: peopleStore, lists, bell, clock });
  const memberships = createMemberships({
    ...{ store: createMembershipStore(db), people: peopleStore },
    ...{ lists, bell, clock, log },
  });
  return {
    ...{ audit, credentials, fleet, sessions, turns, retention },
    accounts: createAccounts({ store: createAccountStore(db), memberships, lists, clock }),
    admin: createAdmin({
      ...{ people, credentials, usage, fleet, processes, turns, audit, log },
      sessions: administration,
    }),
  };
}
