import path from "node:path";
import { type Auth, createAuth } from "@/server/auth/handler";
import { createPool } from "@/server/copilot/pool";
import { createCrypto } from "@/server/crypto/crypto";
import { createBell } from "@/server/db/bell";
import { createDb, type Db } from "@/server/db/client";
import { migrate } from "@/server/db/migrate";
import { createMemberships } from "@/server/domain/accounts/membership/service";
import { createMembershipStore } from "@/server/domain/accounts/membership/store";
import { createPeople } from "@/server/domain/accounts/people/service";
import { createPeopleStore } from "@/server/domain/accounts/people/store";
import { createAccounts } from "@/server/domain/accounts/service";
import { createAccountStore } from "@/server/domain/accounts/store";
import { runMemberships } from "@/server/domain/admin/memberships";
import { createAdmin } from "@/server/domain/admin/service";
import { createAttempts } from "@/server/domain/api-tokens/attempts";
import { createApiTokens } from "@/server/domain/api-tokens/service";
import { createApiTokenStore, endTokensSql } from "@/server/domain/api-tokens/store";
import { createAudit } from "@/server/domain/audit/service";
import { createAuditStore } from "@/server/domain/audit/store";
import { createCredentials } from "@/server/domain/credentials/service";
import { createCredentialStore } from "@/server/domain/credentials/store";
import { createTokenUses } from "@/server/domain/credentials/uses";
import { createQuotas } from "@/server/domain/quotas/service";
import { createQuotaStore } from "@/server/domain/quotas/store";
import type { QuotaLimits } from "@/server/domain/quotas/types";
import { createEgress } from "@/server/egress/egress";
import { createGithub } from "@/server/github/github";
import { startJobWorker } from "@/server/jobs/worker";
import { systemClock } from "@/server/platform/clock";
import { describeProblems, type Env, parseEnv, processEnv } from "@/server/platform/env";
import { randomIds } from "@/server/platform/ids";
import { withKeptSecrets } from "@/server/platform/kept-secrets";
import { createLog, type Log } from "@/server/platform/log";
import { Secret } from "@/server/platform/secret";
import { createTasks } from "@/server/platform/tasks";
import type { Services } from "@/server/trpc/context";
import { createAppDialer, startCliEgress } from "./egress";
import { createRooms } from "./rooms";
import { endOnSignal, type Shutdown } from "./shutdown";

export type Runtime = {
  env: Env;
  log: Log;
  db: Db;
  services: Services;
  auth: Auth;
} & Shutdown;

async function readSettings(): Promise<Env> {
  const source = processEnv();
  const settings = await withKeptSecrets(
    source,
    path.resolve(/* turbopackIgnore: true */ source.DATA_DIR ?? ".data"),
  );
  const parsed = parseEnv(settings);
  if (parsed.ok) return parsed.env;
  process.stderr.write(`${describeProblems(parsed.problems)}\n`);
  process.exit(1);
}

const quotaLimitsOf = (env: Env): QuotaLimits => ({
  requests: { perPerson: env.MAX_REQUESTS_PER_PERSON, perToken: env.MAX_REQUESTS_PER_TOKEN },
  streams: { perPerson: env.MAX_STREAMS_PER_PERSON, perToken: env.MAX_STREAMS_PER_TOKEN },
  sessions: { perPerson: env.MAX_STORED_SESSIONS_PER_PERSON, perToken: env.MAX_STORED_SESSIONS_PER_TOKEN },
});

/** Wires everything and starts it: settings, database and migrations, rooms, the CLI fleet, the turn runner. */
export async function boot(): Promise<Runtime> {
  const env = await readSettings();
  const log = createLog(env.LOG_LEVEL);
  const clock = systemClock;
  const applied = await migrate(env.DATABASE_URL, process.cwd());
  if (applied.length > 0) log.info({ applied }, "database migrated");

  const db = createDb(env.DATABASE_URL);
  const tasks = createTasks(log);
  const processId = randomIds.uuid();
  const bell = createBell({ url: env.DATABASE_URL, processId, clock, log });
  // Before this process takes a lease, others must see that it is there.
  await bell.ready;
  const github = createGithub({ env, clock });
  const crypto = createCrypto(env.ENCRYPTION_KEYS);
  const audit = createAudit(createAuditStore(db), clock);
  const peopleStore = createPeopleStore(db, { audit, lists: env, endTokensSql });
  const people = createPeople({ store: peopleStore, lists: env, bell, clock });
  const memberships = createMemberships({
    ...{ store: createMembershipStore(db), people: peopleStore },
    ...{ lists: env, bell, clock, log },
  });
  const accounts = createAccounts({ store: createAccountStore(db), memberships, lists: env, clock });
  const uses = createTokenUses({ audit, accounts, tasks, clock });
  const credentials = createCredentials({
    ...{ store: createCredentialStore(db), crypto, github, uses, clock, log },
    identityMode: env.COPILOT_IDENTITY,
  });
  const apiTokens = createApiTokens({
    ...{ store: createApiTokenStore(db, audit), attempts: createAttempts(), accounts, uses },
    ...{ crypto, bell, tasks, clock },
  });
  const isService = env.COPILOT_IDENTITY === "service";
  const pool = createPool({
    addresses: env.CLI_URL,
    connectionToken: new Secret(env.COPILOT_CONNECTION_TOKEN),
    dataDir: path.resolve(/* turbopackIgnore: true */ env.DATA_DIR, "cli"),
    githubUrl: env.GITHUB_URL,
    demo: env.FLIGHTDECK_DEMO,
    env: processEnv(),
    proxyUrl: await startCliEgress(env, tasks, log),
    ...(isService && { serviceToken: new Secret(env.COPILOT_GITHUB_TOKEN) }),
    log,
    clock,
    tasks,
  });
  const quotaLimits = quotaLimitsOf(env);
  const quotaStore = createQuotaStore(db, processId);
  tasks.run("quotas", () => quotaStore.tidy());
  const quotas = createQuotas({ store: quotaStore, limits: quotaLimits, ids: randomIds, tasks });
  const rooms = createRooms({
    db,
    bell,
    pool,
    audit,
    crypto,
    accounts,
    credentials,
    egress: createEgress(createAppDialer(env)),
    tasks,
    clock,
    ids: randomIds,
    log,
    processId,
    role: env.FLIGHTDECK_ROLE,
    limits: {
      turnsPerServer: env.MAX_TURNS_PER_SERVER,
      turnsPerPerson: env.MAX_TURNS_PER_PERSON,
      sessionsPerServer: env.MAX_SESSIONS_PER_SERVER,
      queued: env.MAX_QUEUED_TURNS,
      queuedPerPerson: env.MAX_QUEUED_TURNS_PER_PERSON,
      turnsPerToken: env.MAX_TURNS_PER_TOKEN,
    },
    storedSessions: quotaLimits.sessions,
    jobLimits: {
      perPerson: env.MAX_JOBS_PER_PERSON,
      queuedPerPerson: env.MAX_QUEUED_JOBS_PER_PERSON,
    },
    defaultModel: env.DEFAULT_MODEL,
    transcripts: env.ADMIN_TRANSCRIPTS,
    cleanupAt: env.CLEANUP_AT,
  });
  const { usage, providers, fleet, sessions, turns, processes, administration, retention } = rooms;
  const { jobs, jobAdministration, schedules } = rooms;
  if (env.GITHUB_ROLE_MAP.length > 0 && env.FLIGHTDECK_ROLE !== "web") {
    const deps = { memberships, credentials, github, turns, clock, log };
    tasks.run("memberships", (signal) => runMemberships(deps, signal));
  }
  const shutdown = endOnSignal({ db, bell, tasks, rooms, log, drainMs: env.DRAIN_SECONDS * 1_000 });
  if (env.FLIGHTDECK_ROLE !== "web") {
    startJobWorker({
      ...{ url: env.DATABASE_URL, carrier: rooms.jobCarrier, concurrency: env.MAX_JOBS_PER_PROCESS },
      ...{ draining: shutdown.draining, clock, log, tasks },
    });
  }
  return {
    env,
    log,
    db,
    services: {
      ...{ accounts, apiTokens, audit, quotas, credentials, providers, fleet, sessions, turns },
      ...{ jobs, schedules, retention },
      admin: createAdmin({
        ...{ people, credentials, usage, fleet, processes, turns, audit, log },
        ...{ sessions: administration, jobs: jobAdministration },
      }),
    },
    auth: createAuth({ env, db, accounts, credentials, github, audit, clock, log }),
    ...shutdown,
  };
}
