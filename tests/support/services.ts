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
import { createQuotas } from "@/server/domain/quotas/service";
import { createQuotaStore } from "@/server/domain/quotas/store";
import type { Quota, QuotaLimits } from "@/server/domain/quotas/types";
import { systemClock } from "@/server/platform/clock";
import { randomIds } from "@/server/platform/ids";
import type { Services } from "@/server/trpc/context";
import { createTestCrypto } from "@/tests/fakes/crypto";
import { auditOf } from "./database";
import type { TestProcess } from "./process";

/** Everybody may sign in, and nobody is named. */
export const NO_LISTS: AccessLists = {
  ...{ ALLOWED_LOGINS: [], ALLOWED_ORGS: [], ADMIN_LOGINS: [] },
  GITHUB_ROLE_MAP: [],
};

/** A quota that no test reaches that does not speak of it. */
export const NO_QUOTA: Quota = { perPerson: 1_000_000, perToken: 1_000_000 };

/** Likewise, of everything. */
const NO_QUOTAS: QuotaLimits = { requests: NO_QUOTA, streams: NO_QUOTA, sessions: NO_QUOTA };

/** Everything that procedures call, on a process of a test. */
export function servicesOf(
  app: TestProcess,
  lists: AccessLists = NO_LISTS,
  limits: Partial<QuotaLimits> = {},
): Services {
  const { db, bell, tasks, credentials, usage, providers, fleet, sessions } = app;
  const { administration, retention, processes, turns, jobs, jobAdministration, schedules } = app;
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
    ...{ accounts, audit, credentials, providers, fleet, sessions, turns, jobs, schedules, retention },
    quotas: createQuotas({
      ...{ store: createQuotaStore(db, app.id), limits: { ...NO_QUOTAS, ...limits }, ids: randomIds, tasks },
    }),
    apiTokens: createApiTokens({
      ...{ store: createApiTokenStore(db, audit), attempts: createAttempts(), accounts, uses },
      ...{ crypto: createTestCrypto(), bell, tasks, clock },
    }),
    admin: createAdmin({
      ...{ people, credentials, usage, fleet, processes, turns, audit, log },
      ...{ sessions: administration, jobs: jobAdministration },
    }),
  };
}
