import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import pino from "pino";
import { shuffle } from "simple-statistics";
import { BULK_JOBS_MAX, CreateJobInput } from "@/lib/contracts/jobs";
import type { WireEvent } from "@/lib/events/wire";
import { createBell } from "@/server/db/bell";
import { createDb, Prisma } from "@/server/db/client";
import { migrate } from "@/server/db/migrate";
import { createJobCarrier } from "@/server/domain/jobs/carrier";
import { createJobMaking } from "@/server/domain/jobs/making";
import { createJobQueueStore } from "@/server/domain/jobs/queue/store";
import { createJobs } from "@/server/domain/jobs/service";
import { createJobStore } from "@/server/domain/jobs/store";
import type { JobCarrier } from "@/server/domain/jobs/types";
import { startJobWorker } from "@/server/jobs/worker";
import { systemClock } from "@/server/platform/clock";
import { randomIds } from "@/server/platform/ids";
import type { Actor, OwnerId } from "@/server/platform/scope";
import { createTasks } from "@/server/platform/tasks";

export type JobsResult = {
  jobs: number;
  /** Jobs a second, round by round: of the queue alone, whose messages nobody acts on, and with all that a job is. */
  queuePerSecond: number[];
  jobsPerSecond: number[];
  /** From asking for a job to its prompt, where nothing else is going on. */
  pickUpMs: number[];
};

type Options = { databaseUrl: string; rounds: number; pickUps: number; random(): number };

const AT_ONCE = 50;
const QUIET_MS = 40;
const END_MS = 10_000;
const LIMITS = { perPerson: 1_000, queuedPerPerson: 100_000 };
const PERSON = "bench-jobs";

/** The turn of every job: it is over as soon as it has begun. */
const TURN_ID = randomUUID();
const ENDED: WireEvent = {
  ...{ seq: 1, at: new Date(0), turnId: TURN_ID, type: "turn.ended" },
  data: { outcome: "succeeded" },
};

/** A database of its own, so that no process of the app takes the jobs. */
async function openDatabase(serverUrl: string): Promise<string> {
  const name = `jobs_${randomUUID().replaceAll("-", "")}`;
  const client = new Client({ connectionString: serverUrl });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await migrate(url.href, process.cwd());
  return url.href;
}

/** What the job queue takes of a job, with turns that do nothing: how many a second, and how soon one begins. */
export async function measureJobs({ databaseUrl, rounds, pickUps, random }: Options): Promise<JobsResult> {
  const url = await openDatabase(databaseUrl);
  const log = pino({ level: "silent" });
  const clock = systemClock;
  const db = createDb(url);
  const processId = randomUUID();
  const bell = createBell({ url, processId, clock, log });
  await bell.ready;
  const { id } = await db.user.create({ data: { login: PERSON } });
  const actor: Actor = {
    ...{ kind: "user", ownerId: id as OwnerId, login: PERSON, role: "user", address: null, token: null },
  };
  const session = await db.copilotSession.create({
    data: { ownerId: id, title: PERSON, head: { create: {} } },
  });
  let begun = () => {};

  const store = createJobStore(db, LIMITS);
  const making = createJobMaking(store, randomIds);
  const jobs = createJobs({ store, making, bell, clock });
  const queue = createJobQueueStore(db, {
    ...{ processId, perPerson: LIMITS.perPerson, mayActSql: Prisma.sql`true` },
    creationSql: () => Prisma.empty,
  });
  const carrier = createJobCarrier({
    ...{ store: queue, bell, clock, log, random },
    turns: {
      async send() {
        begun();
        return { turnId: TURN_ID, seq: 1, status: "running" };
      },
      sentAs: async () => null,
      stopOne: async () => {},
    },
    sessions: {
      get: () => Promise.reject(new Error("not asked for")),
      update: () => Promise.reject(new Error("not asked for")),
      async *watch() {
        yield [ENDED];
      },
    },
  });
  const input = () =>
    CreateJobInput.parse({ prompt: "p", sessionId: session.id, idempotencyKey: randomUUID() });
  const many = () => ({ jobs: Array.from({ length: BULK_JOBS_MAX }, input) });

  /** Has `take` called for each job from the queue while `work` is done. */
  async function working<Answer>(take: JobCarrier["take"], work: () => Promise<Answer>): Promise<Answer> {
    const tasks = createTasks(log);
    const draining = new AbortController();
    // When it is stopped there is no job any more.
    const carrier = { take, leave: async () => {} };
    startJobWorker({
      ...{ url, carrier, concurrency: AT_ONCE, draining: draining.signal, clock, log, tasks },
    });
    try {
      // Its connections are made, and its first look is over.
      await sleep(500);
      return await work();
    } finally {
      draining.abort();
      await tasks.stop(END_MS);
      await db.$executeRaw`DELETE FROM "Job"`;
    }
  }

  /** Jobs a second, from asking for them to the last one's end. */
  const perSecond = (take: JobCarrier["take"]): Promise<number> => {
    let left = BULK_JOBS_MAX;
    let finish = () => {};
    const all = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const counted: JobCarrier["take"] = async (jobId, signal) => {
      await take(jobId, signal);
      left -= 1;
      if (left === 0) finish();
    };
    return working(counted, async () => {
      const startedAt = performance.now();
      await jobs.createMany(actor, many());
      await all;
      return BULK_JOBS_MAX / ((performance.now() - startedAt) / 1_000);
    });
  };

  const pickUpOf = async (): Promise<number> => {
    await sleep(QUIET_MS * (1 + random()));
    const startedAt = performance.now();
    const seen = new Promise<number>((resolve) => {
      begun = () => resolve(performance.now() - startedAt);
    });
    await jobs.create(actor, input());
    return seen;
  };

  try {
    const figures: JobsResult = { jobs: BULK_JOBS_MAX, queuePerSecond: [], jobsPerSecond: [], pickUpMs: [] };
    const arms = [
      async () => figures.queuePerSecond.push(await perSecond(async () => {})),
      async () => figures.jobsPerSecond.push(await perSecond(carrier.take)),
    ];
    for (let round = 0; round < rounds; round += 1) {
      for (const arm of shuffle(arms, random)) await arm();
    }
    await working(carrier.take, async () => {
      for (let n = 0; n < pickUps; n += 1) figures.pickUpMs.push(await pickUpOf());
    });
    return figures;
  } finally {
    await bell.stop();
    await db.$disconnect();
  }
}
