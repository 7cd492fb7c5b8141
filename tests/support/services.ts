import pino from "pino";
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

export const NO_LISTS: AccessLists = { ALLOWED_LOGINS: [], ALLOWED_ORGS: [], ADMIN_LOGINS: [] };

/** Everything that procedures call, on a process of a test. */
export function servicesOf(
  { db, bell, credentials, fleet, sessions, turns }: TestProcess,
  lists: AccessLists = NO_LISTS,
): Services {
  const audit = auditOf(db);
  const people = createPeople({
    store: createPeopleStore(db, { audit, adminLogins: lists.ADMIN_LOGINS }),
    lists,
    bell,
    clock: systemClock,
  });
  const log = pino({ level: "silent" });
  return {
    ...{ audit, credentials, fleet, sessions, turns },
    accounts: createAccounts({ store: createAccountStore(db), lists, clock: systemClock }),
    admin: createAdmin({ people, credentials, turns, log }),
  };
}
