import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Prisma } from "@/server/db/client";
import { createSessionStore } from "@/server/domain/sessions/store";
import { systemClock } from "@/server/platform/clock";
import { randomIds } from "@/server/platform/ids";
import type { Actor } from "@/server/platform/scope";
import { auditOf, createTestDatabase, type TestDatabase } from "@/tests/support/database";
import { jobInput } from "@/tests/support/jobs";
import { createActor, NO_JOB_LIMITS } from "@/tests/support/process";
import { createJobMaking } from "../making";
import { createJobs } from "../service";
import { createJobStore } from "../store";
import type { Jobs } from "../types";
import { createJobQueueStore, type JobQueueStore, type Move } from "./store";

const PER_PERSON = 2;

// No process of the app is there: what happens is what these tests do.
let database: TestDatabase;
let jobs: Jobs;
let one: JobQueueStore;
let other: JobQueueStore;
let mona: Actor;

beforeAll(async () => {
  database = await createTestDatabase();
  const { db } = database;
  const store = createJobStore(db, NO_JOB_LIMITS);
  const bell = { ring: () => {}, listen: () => () => {} };
  jobs = createJobs({ store, making: createJobMaking(store, randomIds), bell, clock: systemClock });
  const { creationSql } = createSessionStore(db, auditOf(db));
  const queueOf = async () => {
    const { id: processId } = await db.process.create({ data: { id: randomUUID(), role: "worker" } });
    return createJobQueueStore(db, {
      processId,
      perPerson: PER_PERSON,
      mayActSql: Prisma.sql`true`,
      creationSql,
    });
  };
  [one, other] = [await queueOf(), await queueOf()];
});

afterAll(() => database?.[Symbol.asyncDispose]());

beforeEach(async () => {
  mona = await createActor(database);
});

/** New jobs, of which each has a message that was given out. */
async function taken(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) ids.push((await jobs.create(mona, jobInput())).id);
  await database.db.$executeRaw`
    UPDATE graphile_worker._private_jobs SET locked_by = 'somebody', locked_at = now() WHERE key = ANY(${ids})`;
  return ids;
}

/** Those of these jobs that have a message which nobody has taken. */
async function waiting(ids: string[]): Promise<string[]> {
  const rows = await database.db.$queryRaw<{ key: string }[]>`
    SELECT m.key FROM graphile_worker.jobs m WHERE m.key = ANY(${ids}) AND m.locked_at IS NULL`;
  return rows.map(({ key }) => key);
}

const moveOf = (id: string, fence: number, change: Partial<Move> = {}): Move => ({
  ...{ id, fence, status: "succeeded", code: null, result: "done", turnId: null, runInMs: null },
  ...{ isAttempt: true, turnEnded: true, try: null, events: 1, lastActivityAt: null, ...change },
});
const rowOf = (id: string) => database.db.job.findUniqueOrThrow({ where: { id } });

describe("claiming", () => {
  it("gives so many of a person, each with a session of its own", async () => {
    const ids = await taken(PER_PERSON + 1);
    const claimed = await one.claim(ids);
    expect([...claimed.keys()].toSorted()).toEqual(ids.slice(0, PER_PERSON).toSorted());
    for (const { sessionId, mayAct, fence } of claimed.values()) {
      expect({ mayAct, fence }).toEqual({ mayAct: true, fence: 1 });
      const where = { id: sessionId ?? "", ownerId: mona.ownerId, head: { isNot: null } };
      expect(await database.db.copilotSession.count({ where })).toBe(1);
    }
  });

  it("is exact where two processes do it at once", async () => {
    const ids = await taken(4 * PER_PERSON);
    const both = await Promise.all([one.claim(ids), other.claim(ids.toReversed())]);
    expect(both.reduce((sum, { size }) => sum + size, 0)).toBe(PER_PERSON);
  });

  it("gives a running job to nobody else, and again to whoever lost the answer", async () => {
    const [id = ""] = await taken(1);
    const first = (await one.claim([id])).get(id);
    expect((await other.claim([id])).size).toBe(0);
    const again = (await one.claim([id])).get(id);
    expect(again).toEqual({ ...first, fence: 2 });
  });

  it("takes the job of a process that is gone, which then moves nothing any more", async () => {
    const [id = ""] = await taken(1);
    await one.claim([id]);
    await database.db.job.update({ where: { id }, data: { worker: "gone" } });
    expect((await other.claim([id])).get(id)?.fence).toBe(2);
    expect(await one.settle([moveOf(id, 1)])).toEqual([]);
    expect(await rowOf(id)).toMatchObject({ status: "running", result: null, fence: 2 });
    expect(await other.settle([moveOf(id, 2)])).toEqual([{ jobId: id }]);
    expect(await rowOf(id)).toMatchObject({ status: "succeeded", result: "done", attempts: 1, worker: null });
  });
});

describe("whoever had to wait for room", () => {
  it("is woken when there is some, though a message was just taken for nothing", async () => {
    const [first = "", second = "", third = ""] = await taken(PER_PERSON + 1);
    await one.claim([first, second, third]);
    expect(await waiting([third])).toEqual([]);
    await one.settle([moveOf(first, 1)]);
    expect(await waiting([first, second, third])).toEqual([third]);
    expect([...(await one.claim([third])).keys()]).toEqual([third]);
  });

  it("is found later where whoever had its message is gone", async () => {
    const ids = await taken(1);
    await one.recover();
    expect(await waiting(ids)).toEqual(ids);
  });

  it("is not woken where there is none", async () => {
    const ids = await taken(PER_PERSON + 2);
    await one.claim(ids);
    await one.recover();
    expect(await waiting(ids)).toEqual([]);
  });
});

describe("a job that is to start again", () => {
  it("has a message for that time", async () => {
    const [id = ""] = await taken(1);
    await one.claim([id]);
    await one.settle([
      moveOf(id, 1, { status: "queued", code: "interrupted", result: null, runInMs: 60_000 }),
    ]);
    expect(await waiting([id])).toEqual([id]);
    const { status, runAt, code } = await rowOf(id);
    expect({ status, code }).toEqual({ status: "queued", code: "interrupted" });
    expect(runAt.getTime()).toBeGreaterThan(Date.now());
    expect((await one.claim([id])).size).toBe(0);
  });

  it("and is to be cancelled, comes back at once to end", async () => {
    const [id = ""] = await taken(1);
    await one.claim([id]);
    await jobs.cancel(mona, id);
    await one.settle([
      moveOf(id, 1, { status: "queued", code: "queue_full", result: null, runInMs: 60_000 }),
    ]);
    expect((await one.claim([id])).get(id)?.cancelRequestedAt).not.toBeNull();
  });
});

it("of a job's turns, the newest are kept", async () => {
  const [id = ""] = await taken(1);
  const turn = (n: number) => ({
    ...{ turnId: randomUUID(), outcome: "failed", code: String(n) },
    ...{ startedAt: new Date(n), endedAt: new Date(n) },
  });
  for (let n = 1; n <= 22; n += 1) {
    const fence = (await one.claim([id])).get(id)?.fence ?? 0;
    await one.settle([moveOf(id, fence, { status: "queued", result: null, runInMs: 0, try: turn(n) })]);
  }
  const { tries, attempts } = await jobs.get(mona, id);
  expect(tries.map(({ code }) => code)).toEqual(Array.from({ length: 20 }, (_, n) => String(n + 3)));
  expect({ attempts, turns: (await rowOf(id)).turns }).toEqual({ attempts: 22, turns: 22 });
});
