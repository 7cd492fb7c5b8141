import pino from "pino";
import { createMemberships } from "@/server/domain/accounts/membership/service";
import { createMembershipStore } from "@/server/domain/accounts/membership/store";
import { createPeople } from "@/server/domain/accounts/people/service";
import { createPeopleStore } from "@/server/domain/accounts/people/store";
import type { AccessLists } from "@/server/domain/accounts/rules";
import { createAccounts } from "@/server/domain/accounts/service";
import { createAccountStore } from "@/server/domain/accounts/store";
import { createAdmin } from "@/server/domain/admin/service";
import { createAttempts } from "@/server/domain/api-tokens/attempts";
import { createApiTokens } from "@/server/domain/api-tokens/service";
import { createApiTokenStore, endTokensSql } from "@/server/domain/api-tokens/store";
import { createTokenUses } from "@/server/domain/credentials/uses";
import { systemClock } from "@/server/platform/clock";
import type { Services } from "@/server/trpc/context";
import { createTestCrypto } from "@/tests/fakes/crypto";
import { auditOf } from "./database";
import type { TestProcess } from "./process";

/** Everybody may sign in, and nobody is named. */
export const NO_LISTS: AccessLists = {
  ...{ ALLOWED_LOGINS: [], ALLOWED_ORGS: [], ADMIN_LOGINS: [] },
  GITHUB_ROLE_MAP: [],
};

/** Everything that procedures call, on a process of a test. */
export function servicesOf(process: TestProcess, lists: AccessLists = NO_LISTS): Services {
  const {
    db,
    bell,
    tasks,
    credentials,
    usage,
    fleet,
    sessions,
    administration,
    retention,
    processes,
    turns,
  } = process;
  const audit = auditOf(db);
  const log = pino({ level: "silent" });
  const clock = systemClock;
  const peopleStore = createPeopleStore(db, { audit, lists, endTokensSql });
  const people = createPeople({ store: peopleStore, lists, bell, clock });
  const memberships = createMemberships({
    ...{ store: createMembershipStore(db), people: peopleStore },
    ...{ lists, bell, clock, log },
  });
  const accounts = createAccounts({ store: createAccountStore(db), memberships, lists, clock });
  const uses = createTokenUses({ audit, accounts, tasks, clock });
  return {
    ...{ accounts, audit, credentials, fleet, sessions, turns, retention },
    apiTokens: createApiTokens({
      ...{ store: createApiTokenStore(db, audit), attempts: createAttempts(), accounts, uses },
      ...{ crypto: createTestCrypto(), bell, tasks, clock },
    }),
    admin: createAdmin({
      ...{ people, credentials, usage, fleet, processes, turns, audit, log },
      sessions: administration,
    }),
  };
}
