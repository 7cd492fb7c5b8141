import { randomUUID } from "node:crypto";
import pino from "pino";
import { expect } from "vitest";
import { reduceEvents } from "@/client/events/reduce";
import { EMPTY_TRANSCRIPT } from "@/client/events/transcript";
import type { WireEvent } from "@/lib/events/wire";
import { type Bell, createBell } from "@/server/db/bell";
import { createDb, type Db } from "@/server/db/client";
import { mayActSql, roleSql } from "@/server/domain/accounts/store";
import type { Credentials, IdentityMode } from "@/server/domain/credentials/types";
import type { JobLimits } from "@/server/domain/jobs/types";
import type { Quota } from "@/server/domain/quotas/types";
import { createEventLog } from "@/server/domain/sessions/event-log";
import { createLeases } from "@/server/domain/sessions/leases";
import { createSessionStore } from "@/server/domain/sessions/store";
import type { EventLog, Leases, ProcessRole } from "@/server/domain/sessions/types";
import type { Limits } from "@/server/domain/turns/types";
import type { Egress } from "@/server/egress/types";
import { startJobWorker } from "@/server/jobs/worker";
import { systemClock } from "@/server/platform/clock";
import { randomIds } from "@/server/platform/ids";
import type { Actor, OwnerId } from "@/server/platform/scope";
import { Secret } from "@/server/platform/secret";
import { createTasks, type Tasks } from "@/server/platform/tasks";
import { createRooms, type Rooms } from "@/server/runtime/rooms";
import { createJumpingClock, type JumpingClock } from "@/tests/fakes/clock";
import type { FakePool } from "@/tests/fakes/copilot-pool";
import { createTestCrypto } from "@/tests/fakes/crypto";
import { OPEN_EGRESS } from "@/tests/fakes/egress";
import { auditOf, createPerson, type TestDatabase } from "./database";
import { NO_LISTS, NO_QUOTA } from "./services";

const TASK_GRACE_MS = 5_000;

export type FakeCredentials = Credentials & {
  tokens: Map<string, string>;
  rejected: string[];
  /** `accessToken` rejects with this while it is set. */
  failure: Error | null;
};

/** One process of the app, with its own connections, bell, tasks and leases, on a fake CLI pool. */
export type TestProcess = Rooms & {
  id: string;
  db: Db;
  bell: Bell;
  tasks: Tasks;
  log: EventLog;
  leases: Leases;
  clock: JumpingClock;
  credentials: FakeCredentials;
  /** Resolves when it sees so many other processes. */
  known(others: number): Promise<void>;
  /** Others see it no more, as after SIGKILL; it goes on all the same, as a process does that was only cut off. */
  vanish(): Promise<void>;
  /** It takes no more jobs from the queue. */
  drain(): void;
  /** Ends it as SIGTERM does; rejects where a task does not end. */
  [Symbol.asyncDispose](): Promise<void>;
};

function createFakeCredentials(identityMode: IdentityMode): FakeCredentials {
  const fake: FakeCredentials = {
    identityMode,
    tokens: new Map(),
    rejected: [],
    failure: null,
    store: async () => {},
    forget: async () => {},
    async accessToken(owner) {
      if (fake.failure) throw fake.failure;
      return new Secret(fake.tokens.get(owner) ?? `token of ${owner}`);
    },
    copilotIdentity: async (owner) =>
      identityMode === "service"
        ? { kind: "service" }
        : { kind: "user", token: await fake.accessToken(owner) },
    async reject(_owner, refused) {
      fake.rejected.push(refused.use((value) => value));
    },
    status: async () => "active",
  };
  return fake;
}

/** Limits that no test reaches that does not speak of them. */
export const NO_LIMITS: Limits = {
  turnsPerServer: 1_000,
  turnsPerPerson: 1_000,
  sessionsPerServer: 1_000,
  queued: 1_000,
  queuedPerPerson: 1_000,
  turnsPerToken: 1_000,
};

/** Likewise. */
export const NO_JOB_LIMITS: JobLimits = { perPerson: 1_000, queuedPerPerson: 100_000 };

/** No test reaches it that does not speak of it. */
const CLEANUP_AT = "03:30";

type ProcessOptions = {
  role?: ProcessRole;
  limits?: Partial<Limits>;
  jobLimits?: Partial<JobLimits>;
  storedSessions?: Quota;
  /** How many jobs it takes from the queue at once; none where it is left out: then a test has them carried itself. */
  jobsAtOnce?: number;
  adminLogins?: string[];
  identityMode?: IdentityMode;
  egress?: Egress;
  transcripts?: "closed" | "with-reason";
};

export function startTestProcess(
  database: TestDatabase,
  pool: FakePool,
  options: ProcessOptions = {},
): TestProcess {
  const {
    role = "all",
    limits,
    jobLimits,
    storedSessions = NO_QUOTA,
    jobsAtOnce,
    transcripts = "with-reason",
    adminLogins = [],
  } = options;
  const lists = { ...NO_LISTS, ADMIN_LOGINS: adminLogins };
  const { identityMode = "user", egress = OPEN_EGRESS } = options;
  const logger = pino({ level: process.env.TEST_LOG_LEVEL ?? "silent" });
  const id = randomUUID();
  const db = createDb(database.url);
  const clock = createJumpingClock();
  const tasks = createTasks(logger);
  const bell = createBell({ url: database.url, processId: id, clock: systemClock, log: logger });
  const credentials = createFakeCredentials(identityMode);
  const rooms = createRooms({
    db,
    bell,
    pool,
    audit: auditOf(db),
    crypto: createTestCrypto(),
    accounts: { roleSql: roleSql(lists), mayActSql: mayActSql(lists) },
    credentials,
    egress,
    tasks,
    clock,
    ids: randomIds,
    log: logger,
    processId: id,
    role,
    limits: { ...NO_LIMITS, ...limits },
    jobLimits: { ...NO_JOB_LIMITS, ...jobLimits },
    storedSessions,
    defaultModel: "",
    transcripts,
    cleanupAt: CLEANUP_AT,
  });
  const draining = new AbortController();
  if (jobsAtOnce !== undefined) {
    startJobWorker({
      ...{ url: database.url, carrier: rooms.jobCarrier, concurrency: jobsAtOnce },
      ...{ draining: draining.signal, clock: systemClock, log: logger, tasks },
    });
  }
  let ended: Promise<void> | undefined;
  async function end(): Promise<void> {
    const left = await tasks.stop(TASK_GRACE_MS);
    await rooms.runner.stop();
    await bell.stop();
    await db.$disconnect();
    if (left.length > 0) throw new Error(`tasks did not end: ${left.join(", ")}`);
  }
  return {
    ...rooms,
    id,
    db,
    bell,
    tasks,
    log: createEventLog(db, clock),
    leases: createLeases(db, id),
    clock,
    credentials,
    known: (others) => eventually(() => rooms.processes.others().length).toBe(others),
    vanish: () => bell.stop(),
    drain: () => draining.abort(),
    [Symbol.asyncDispose]: () => (ended ??= end()),
  };
}

/** A new person, as the actor of their calls. */
export async function createActor(database: TestDatabase, login = `u-${randomUUID()}`): Promise<Actor> {
  const ownerId: OwnerId = await createPerson(database.db, login);
  return { kind: "user", ownerId, login, role: "user", address: null, token: null };
}

/** A session of theirs as the sessions room stores it, without a process that runs; answers with its id. */
export async function storeSession(db: Db, owner: OwnerId): Promise<string> {
  const asked = { title: "x", named: true, model: null, idempotencyKey: null, tokenId: null };
  const made = await createSessionStore(db, auditOf(db)).create(owner, { ...asked, quota: NO_QUOTA });
  if (!made) throw new Error("the session was not stored");
  return made.id;
}

type Watched = {
  process: Pick<Rooms, "sessions">;
  actor: Actor;
  sessionId: string;
  afterSeq?: number;
  stillAllowed?(): Promise<boolean>;
};

/** Resolves with the events of a session as soon as `until` holds for them, or when its watch has ended. */
export async function watchUntil(
  { process, actor, sessionId, afterSeq = 0, stillAllowed = async () => true }: Watched,
  until: (events: WireEvent[]) => boolean,
): Promise<WireEvent[]> {
  const stop = new AbortController();
  const events: WireEvent[] = [];
  const options = { afterSeq, signal: stop.signal, stillAllowed };
  for await (const batch of process.sessions.watch(actor, sessionId, options)) {
    events.push(...batch);
    if (until(events)) stop.abort();
  }
  return events;
}

/** Watches a session until that ends by itself (`ended`); `reached` resolves as soon as `test` holds. */
export function watchToEnd(watched: Watched, test: (events: WireEvent[]) => boolean) {
  let tell = () => {};
  const reached = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const ended = watchUntil(watched, (events) => {
    if (test(events)) tell();
    return false;
  });
  // A test may be over before its watch is, and takes the database away; who awaits `ended` hears of it all the same.
  ended.catch(() => {});
  return { reached, ended };
}

/** Whether the turn has ended in these events. */
export const hasEnded = (turnId: string) => (events: WireEvent[]) =>
  events.some((event) => event.type === "turn.ended" && event.turnId === turnId);

/** The texts of all turns as a reader of these events sees them. */
export const textsOf = (events: WireEvent[]) =>
  reduceEvents(EMPTY_TRANSCRIPT, events).turns.flatMap(({ parts }) => parts.map(({ text }) => text));

const EVENTUALLY_MS = 20_000;

/** Expects of what `look` finds, looking again until it holds. For what no event announces. */
export const eventually = <T>(look: () => T) => expect.poll(look, { timeout: EVENTUALLY_MS, interval: 20 });
