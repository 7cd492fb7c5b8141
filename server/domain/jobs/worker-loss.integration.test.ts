import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Actor } from "@/server/platform/scope";
import { createFakePool, type FakePool } from "@/tests/fakes/copilot-pool";
import { createTestDatabase, type TestDatabase, terminateConnections } from "@/tests/support/database";
import { jobInput, promptsGiven, untilJob } from "@/tests/support/jobs";
import { createActor, eventually, startTestProcess, type TestProcess } from "@/tests/support/process";

/** Longest wait for many jobs on a loaded machine. */
const MANY_MS = 50_000;

let database: TestDatabase;
let pool: FakePool;
let mona: Actor;
let processes: TestProcess[];

beforeEach(async () => {
  database = await createTestDatabase();
  pool = createFakePool();
  processes = [];
  mona = await createActor(database);
});

// A task that leaked fails here.
afterEach(async () => {
  for (const process of processes) await process[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

function start(jobsAtOnce?: number): TestProcess {
  const process = startTestProcess(database, pool, { jobsAtOnce });
  processes.push(process);
  return process;
}

/** A job of the only process, whose prompt the CLI has, and has not answered yet. */
async function running(process: TestProcess) {
  pool.first.autoAnswer = false;
  const { id: jobId } = await process.jobs.create(mona, jobInput());
  const prompted = await pool.first.prompted();
  return { jobId, prompted };
}

/** Another process, which stands by for the turn of that job. */
async function startBeside({ prompted }: Awaited<ReturnType<typeof running>>): Promise<TestProcess> {
  const other = start(5);
  await other.known(1);
  await eventually(() => pool.first.attachments(prompted.sessionId)).toBe(2);
  return other;
}

const workerOf = async (id: string) => (await database.db.job.findUniqueOrThrow({ where: { id } })).worker;
const succeeded = () => database.db.job.count({ where: { status: "succeeded" } });
const ended = (process: TestProcess, jobId: string) => untilJob(process, { actor: mona, jobId }, "succeeded");

describe("the job of a process that is gone", () => {
  it("is carried on by another, with the one prompt and the one turn that it had", async () => {
    const first = start(5);
    const job = await running(first);
    const other = await startBeside(job);
    expect(await workerOf(job.jobId)).toBe(first.id);
    first.drain();
    await first.vanish();
    await eventually(() => workerOf(job.jobId)).toBe(other.id);
    // The first one was only cut off, and hears it too.
    job.prompted.answer(["done"]);
    expect(await ended(other, job.jobId)).toMatchObject({ result: "done", attempts: 1, tries: [{}] });
    expect(promptsGiven(pool)).toEqual(["hello"]);
    expect(await database.db.turn.count()).toBe(1);
  });

  it("that had taken a message and nothing more is not forgotten", async () => {
    const { jobs } = start();
    const { id } = await jobs.create(mona, jobInput());
    // As the queue does when it gives a message out.
    await database.db
      .$executeRaw`UPDATE graphile_worker._private_jobs SET locked_by = 'gone', locked_at = now()`;
    expect(await ended(start(5), id)).toMatchObject({ attempts: 1 });
  });
});

describe("a process that is asked to end", () => {
  it("gives its jobs back at once, and another goes on with them", async () => {
    const first = start(5);
    const job = await running(first);
    const other = await startBeside(job);
    first.drain();
    await first[Symbol.asyncDispose]();
    await eventually(() => workerOf(job.jobId)).toBe(other.id);
    job.prompted.answer(["done"]);
    expect(await ended(other, job.jobId)).toMatchObject({ result: "done", attempts: 1, tries: [{}] });
    expect(promptsGiven(pool)).toEqual(["hello"]);
  });

  it("goes on with its jobs, and takes nothing new", async () => {
    const first = start(5);
    const job = await running(first);
    first.drain();
    const { id: later } = await first.jobs.create(mona, jobInput());
    const other = start(5);
    const prompted = await pool.first.prompted();
    expect(await workerOf(later)).toBe(other.id);
    expect(await workerOf(job.jobId)).toBe(first.id);
    prompted.answer(["there"]);
    job.prompted.answer(["here"]);
    expect((await ended(first, later)).result).toBe("there");
    expect((await ended(first, job.jobId)).result).toBe("here");
  });
});

describe("many jobs over several processes", () => {
  it("are each done once, also where the database's connections break in between", async () => {
    const [first] = [start(10), start(10)];
    await first.known(1);
    const jobs = Array.from({ length: 60 }, (_, n) => jobInput({ prompt: `job ${n}` }));
    const { results } = await first.jobs.createMany(mona, { jobs });
    expect(results.every(({ ok }) => ok)).toBe(true);
    await eventually(succeeded).toBeGreaterThan(5);
    await terminateConnections(database);
    await expect.poll(succeeded, { timeout: MANY_MS, interval: 100 }).toBe(60);
    expect(promptsGiven(pool).toSorted()).toEqual(jobs.map(({ prompt }) => prompt).toSorted());
    expect(await database.db.turn.count({ where: { status: "succeeded" } })).toBe(60);
  });
});
