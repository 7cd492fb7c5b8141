import type { AdminSessionDetails } from "@/lib/contracts/admin-sessions";
import type { CopilotPool } from "@/server/copilot/types";
import type { Crypto } from "@/server/crypto/crypto";
import type { Bell } from "@/server/db/bell";
import type { Db } from "@/server/db/client";
import type { Accounts } from "@/server/domain/accounts/types";
import type { Audit } from "@/server/domain/audit/types";
import type { Credentials } from "@/server/domain/credentials/types";
import { createFleet } from "@/server/domain/fleet/service";
import { createFleetStore } from "@/server/domain/fleet/store";
import type { Fleet } from "@/server/domain/fleet/types";
import { createJobAdministration } from "@/server/domain/jobs/admin/service";
import { createJobAdminStore } from "@/server/domain/jobs/admin/store";
import { createJobCarrier } from "@/server/domain/jobs/carrier";
import { createJobMaking } from "@/server/domain/jobs/making";
import { createJobQueueStore } from "@/server/domain/jobs/queue/store";
import { createJobs } from "@/server/domain/jobs/service";
import { createJobStore } from "@/server/domain/jobs/store";
import type { JobAdministration, JobCarrier, JobLimits, Jobs } from "@/server/domain/jobs/types";
import { startJobUpkeep } from "@/server/domain/jobs/upkeep";
import { createProviders } from "@/server/domain/providers/service";
import { createProviderStore } from "@/server/domain/providers/store";
import type { Providers } from "@/server/domain/providers/types";
import type { Quota } from "@/server/domain/quotas/types";
import { createRunStore } from "@/server/domain/retention/runs/store";
import { createRetention } from "@/server/domain/retention/service";
import { createRetentionStore } from "@/server/domain/retention/store";
import type { Retention } from "@/server/domain/retention/types";
import { startCleanUp } from "@/server/domain/retention/upkeep";
import { createSchedules } from "@/server/domain/schedules/service";
import { createScheduleStore } from "@/server/domain/schedules/store";
import type { Schedules } from "@/server/domain/schedules/types";
import { startSchedules } from "@/server/domain/schedules/upkeep";
import { createSessionRows } from "@/server/domain/sessions/admin/rows/store";
import { createSessionAdministration } from "@/server/domain/sessions/admin/service";
import { createSessionActs } from "@/server/domain/sessions/admin/store";
import { createEventLog } from "@/server/domain/sessions/event-log";
import { runJanitor } from "@/server/domain/sessions/janitor";
import { createLeases } from "@/server/domain/sessions/leases";
import { createProcesses } from "@/server/domain/sessions/processes";
import { createRemoval } from "@/server/domain/sessions/removal";
import { createSessions } from "@/server/domain/sessions/service";
import { createSessionStore } from "@/server/domain/sessions/store";
import type { Processes, ProcessRole, SessionAdministration, Sessions } from "@/server/domain/sessions/types";
import { createRunner, type Runner } from "@/server/domain/turns/runner";
import { createTurns } from "@/server/domain/turns/service";
import { createTurnStore } from "@/server/domain/turns/store";
import type { Limits, Turns } from "@/server/domain/turns/types";
import { createUsage } from "@/server/domain/usage/service";
import { createUsageStore } from "@/server/domain/usage/store";
import { ROLL_EVERY_MS } from "@/server/domain/usage/tunables";
import type { Usage } from "@/server/domain/usage/types";
import type { Egress } from "@/server/egress/types";
import type { Clock } from "@/server/platform/clock";
import { every } from "@/server/platform/every";
import type { Ids } from "@/server/platform/ids";
import type { Log } from "@/server/platform/log";
import type { Tasks } from "@/server/platform/tasks";

type Deps = {
  db: Db;
  bell: Bell;
  pool: CopilotPool;
  audit: Audit;
  crypto: Crypto;
  accounts: Pick<Accounts, "roleSql" | "mayActSql">;
  credentials: Credentials;
  egress: Egress;
  tasks: Tasks;
  clock: Clock;
  ids: Ids;
  log: Log;
  /** Names this process among all that share the database. */
  processId: string;
  role: ProcessRole;
  limits: Limits;
  jobLimits: JobLimits;
  /** Sessions that may be stored. */
  storedSessions: Quota;
  /** Model of sessions without a choice; empty leaves it to the CLI. */
  defaultModel: string;
  /** Whether administrators may read conversations. */
  transcripts: AdminSessionDetails["transcripts"];
  /** When the clean-up runs each day, "HH:MM" in UTC. */
  cleanupAt: string;
};

export type Rooms = {
  usage: Usage;
  providers: Providers;
  fleet: Fleet;
  sessions: Sessions;
  administration: SessionAdministration;
  turns: Turns;
  jobs: Jobs;
  jobAdministration: JobAdministration;
  jobCarrier: JobCarrier;
  schedules: Schedules;
  retention: Retention;
  runner: Runner;
  processes: Processes;
};

/** Wires the rooms that conversations live in, and starts their upkeep as tasks. */
export function createRooms(deps: Deps): Rooms {
  const {
    db,
    bell,
    pool,
    audit,
    crypto,
    accounts,
    credentials,
    egress,
    tasks,
    clock,
    ids,
    log: logger,
    processId,
    role,
    limits,
    jobLimits,
    storedSessions: quota,
    defaultModel,
    transcripts,
    cleanupAt,
  } = deps;
  const log = createEventLog(db, clock);
  const leases = createLeases(db, processId);
  const processes = createProcesses({ db, bell, clock, self: { id: processId, role } });
  const sessionStore = createSessionStore(db, audit);
  const turnStore = createTurnStore(db);
  const providers = createProviders({
    store: createProviderStore(db, audit),
    ...{ crypto, credentials, egress, ids, clock, log: logger },
  });
  const fleet = createFleet({
    pool,
    store: createFleetStore(db, audit),
    crypto,
    credentials,
    providers,
    clock,
    tasks,
    log: logger,
    defaultModel,
    turnsPerServer: limits.turnsPerServer,
  });
  const runner = createRunner({
    store: turnStore,
    log,
    leases,
    processes,
    fleet,
    credentials,
    providers,
    bell,
    clock,
    logger,
    random: Math.random,
    tasks,
    processId,
    ids,
    runsTurns: role !== "web",
    limits,
    defaultModel: defaultModel || null,
  });
  tasks.run("janitor", (signal) => runJanitor({ store: sessionStore, fleet, clock, log: logger }, signal));
  const usage = createUsage(createUsageStore(db));
  if (role !== "web") {
    tasks.run("usage", (signal) =>
      every("usage", { clock, log: logger, ms: ROLL_EVERY_MS, signal }, () => usage.rollUp(signal)),
    );
  }
  const sessions = createSessions({ store: sessionStore, log, bell, processes, clock, quota });
  const turns = createTurns({ store: turnStore, log, runner, bell, ids, limits });
  const jobStore = createJobStore(db, jobLimits);
  const jobQueue = createJobQueueStore(db, {
    ...{ processId, perPerson: jobLimits.perPerson, mayActSql: accounts.mayActSql },
    creationSql: sessions.creationSql,
  });
  const making = createJobMaking(jobStore, ids);
  const scheduleStore = createScheduleStore(db, { audit, jobStatement: making.statement });
  if (role !== "web") {
    startJobUpkeep({ store: jobQueue, bell, clock, log: logger, tasks });
    startSchedules({ store: scheduleStore, making, clock, log: logger, tasks });
  }
  const removal = createRemoval(db, audit);
  const retentionStore = createRetentionStore(db, { audit, roleSql: accounts.roleSql });
  const runs = createRunStore(db, { audit, removal });
  const cleanUp = { store: retentionStore, runs, bell, clock, at: cleanupAt };
  if (role !== "web") {
    const serverIds = () => pool.servers.map(({ id }) => id);
    startCleanUp({ ...cleanUp, removal, fleet, serverIds, log: logger, tasks, processId });
  }
  return {
    usage,
    providers,
    fleet,
    retention: createRetention(cleanUp),
    sessions,
    administration: createSessionAdministration({
      rows: createSessionRows(db),
      acts: createSessionActs(db, audit),
      sessions: sessionStore,
      ...{ log, audit, fleet, bell, clock, transcripts },
    }),
    turns,
    jobs: createJobs({ store: jobStore, making, bell, clock }),
    jobAdministration: createJobAdministration({
      rows: createJobAdminStore(db),
      ...{ jobs: jobStore, audit, bell },
    }),
    jobCarrier: createJobCarrier({
      ...{ store: jobQueue, sessions, turns, bell, clock, log: logger, random: Math.random },
    }),
    schedules: createSchedules({ store: scheduleStore, making, clock, ids }),
    runner,
    processes,
  };
}
