import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CreateJobsInput, type Job } from "@/lib/contracts/jobs";
import type { Actor } from "@/server/platform/scope";
import { createFakePool } from "@/tests/fakes/copilot-pool";
import { createTestDatabase, type TestDatabase } from "@/tests/support/database";
import { jobInput } from "@/tests/support/jobs";
import { createActor, startTestProcess, type TestProcess } from "@/tests/support/process";

// Nobody takes jobs from the queue here: what is queued stays so.
let database: TestDatabase;
let here: TestProcess;
let there: TestProcess;
let mona: Actor;
let boss: Actor;

beforeAll(async () => {
  database = await createTestDatabase();
  const pool = createFakePool();
  const jobLimits = { queuedPerPerson: 50 };
  here = startTestProcess(database, pool, { role: "web", jobLimits });
  there = startTestProcess(database, pool, { role: "web", jobLimits });
  mona = await createActor(database);
  boss = await createActor(database);
});

afterAll(async () => {
  await here?.[Symbol.asyncDispose]();
  await there?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

const messages = (jobId: string) =>
  database.db.$queryRaw<{ priority: number; isDue: boolean }[]>`
    SELECT m.priority, m.run_at <= now() AS "isDue" FROM graphile_worker.jobs m WHERE m.key = ${jobId}`;

describe("a new job", () => {
  it("waits, with all that was asked for, and has its message in the queue", async () => {
    const runAt = new Date(Date.now() + 60_000);
    const deadline = new Date(Date.now() + 120_000);
    const input = jobInput({
      model: "alpha",
      priority: "high",
      notBefore: runAt,
      deadline,
      metadata: { a: [1] },
    });
    const job = await here.jobs.create(mona, input);
    expect(job).toMatchObject({
      ...{ status: "queued", prompt: "hello", model: "alpha", priority: "high", runAt, deadline },
      ...{ metadata: { a: [1] }, attempts: 0, maxAttempts: 3, sessionId: null, tries: [], update: 1 },
    });
    expect(await messages(job.id)).toEqual([{ priority: -1, isDue: false }]);
    expect(await here.jobs.get(mona, job.id)).toEqual(job);
  });

  it("is one job under one key, also where it is asked for at once in two processes", async () => {
    const input = jobInput();
    const all = await Promise.all([here, there, here, there].map(({ jobs }) => jobs.create(mona, input)));
    expect(new Set(all.map(({ id }) => id)).size).toBe(1);
    expect(await messages(all[0]?.id ?? "")).toHaveLength(1);
  });

  it("under a known key with another input is a conflict, and another person's key says nothing", async () => {
    const input = jobInput();
    const { id } = await here.jobs.create(mona, input);
    const other = here.jobs.create(mona, { ...input, prompt: "another" });
    await expect(other).rejects.toMatchObject({ code: "idempotency_conflict" });
    const theirs = await here.jobs.create(boss, { ...input, prompt: "another" });
    expect(theirs.id).not.toBe(id);
  });

  it("in a session of somebody else's, or in none, is refused alike", async () => {
    const { id: sessionId } = await here.sessions.create(boss, {});
    for (const given of [sessionId, randomUUID(), "nonsense"]) {
      const refused = here.jobs.create(mona, jobInput({ sessionId: given }));
      await expect(refused).rejects.toMatchObject({ code: "session_not_found" });
    }
    expect(await here.jobs.create(boss, jobInput({ sessionId }))).toMatchObject({ sessionId });
  });

  it("is refused where too many wait, but one that is known is answered", async () => {
    const hubot = await createActor(database);
    const first = jobInput();
    await here.jobs.create(hubot, first);
    const jobs = Array.from({ length: 60 }, () => jobInput());
    const { results } = await here.jobs.createMany(hubot, { jobs });
    expect(results.map((result) => (result.ok ? "ok" : result.code))).toEqual([
      ...Array.from({ length: 49 }, () => "ok"),
      ...Array.from({ length: 11 }, () => "queue_full"),
    ]);
    await expect(here.jobs.create(hubot, jobInput())).rejects.toMatchObject({ code: "queue_full" });
    expect(await here.jobs.create(hubot, first)).toMatchObject({ status: "queued" });
  });
});

describe("many new jobs", () => {
  it("are answered one by one, in their order", async () => {
    const known = jobInput();
    const { id } = await here.jobs.create(mona, known);
    const fresh = jobInput();
    const { results } = await here.jobs.createMany(mona, {
      jobs: [fresh, known, { ...known, prompt: "another" }, jobInput({ sessionId: randomUUID() }), fresh],
    });
    expect(results).toMatchObject([
      { ok: true, status: "queued" },
      { ok: true, jobId: id },
      { ok: false, code: "idempotency_conflict" },
      { ok: false, code: "session_not_found" },
      { ok: true },
    ]);
    expect(results[4]).toEqual(results[0]);
  });

  it("are a thousand at most, with a bound on their words", () => {
    const many = (count: number, prompt = "p") =>
      CreateJobsInput.safeParse({ jobs: Array.from({ length: count }, () => jobInput({ prompt })) }).success;
    expect([many(1), many(1_000), many(1_001), many(0)]).toEqual([true, true, false, false]);
    expect([many(20, "p".repeat(100_000)), many(21, "p".repeat(100_000))]).toEqual([true, false]);
  });
});

describe("a person's jobs", () => {
  it("are listed newest first, page by page, and by their state", async () => {
    const octocat = await createActor(database);
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) ids.unshift((await here.jobs.create(octocat, jobInput())).id);
    await here.jobs.cancel(octocat, ids[2] ?? "");
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await here.jobs.list(octocat, { limit: 2, cursor });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(ids);
    const cancelled = await here.jobs.list(octocat, { status: ["cancelled"], limit: 10 });
    expect(cancelled.items).toMatchObject([{ id: ids[2], promptStart: "hello" }]);
    await expect(here.jobs.list(octocat, { cursor: "x", limit: 1 })).rejects.toMatchObject({
      code: "invalid_input",
    });
  });

  it("show the start of a long prompt in a list, and all of it by themselves", async () => {
    const prompt = "x".repeat(5_000);
    const { id } = await here.jobs.create(mona, jobInput({ prompt }));
    const { items } = await here.jobs.list(mona, { limit: 1 });
    expect(items[0]).toMatchObject({ id, promptStart: "x".repeat(200) });
    expect((await here.jobs.get(mona, id)).prompt).toBe(prompt);
  });
});

describe("a job that waits", () => {
  it("is cancelled at once, and once", async () => {
    const { id } = await here.jobs.create(mona, jobInput());
    const cancelled = await here.jobs.cancel(mona, id);
    expect(cancelled).toMatchObject({ status: "cancelled", cancelRequested: true, code: null });
    expect(cancelled.endedAt).not.toBeNull();
    expect(await here.jobs.cancel(mona, id)).toEqual(cancelled);
  });

  it("and was cancelled starts afresh when it is asked for again", async () => {
    const deadline = new Date(Date.now() - 1_000);
    const { id } = await here.jobs.create(mona, jobInput({ deadline }));
    await here.jobs.cancel(mona, id);
    expect(await here.jobs.retry(mona, id)).toMatchObject({
      ...{ status: "queued", attempts: 0, cancelRequested: false, endedAt: null, deadline: null },
    });
    expect(await messages(id)).toEqual([{ priority: 0, isDue: true }]);
    await expect(here.jobs.retry(mona, id)).rejects.toMatchObject({ code: "job_not_retryable" });
  });
});

describe("a watcher of a job", () => {
  const watch = (process: TestProcess, jobId: string, afterUpdate = 0, stillAllowed = async () => true) => {
    const stop = new AbortController();
    return {
      stop,
      jobs: process.jobs.watch(mona, jobId, { afterUpdate, signal: stop.signal, stillAllowed }),
    };
  };

  it("sees it as it is, then each change that another process makes, until it has ended", async () => {
    const { id } = await here.jobs.create(mona, jobInput());
    await there.known(1);
    const seen: Job["status"][] = [];
    for await (const job of watch(there, id).jobs) {
      seen.push(job.status);
      if (job.status === "queued") await here.jobs.cancel(mona, id);
    }
    expect(seen).toEqual(["queued", "cancelled"]);
  });

  it("that has seen all there is to see of one that has ended is told nothing again", async () => {
    const { id } = await here.jobs.create(mona, jobInput());
    const { update } = await here.jobs.cancel(mona, id);
    const seen: Job[] = [];
    for await (const job of watch(here, id, update).jobs) seen.push(job);
    expect(seen).toEqual([]);
  });

  it("is let go when its login ends, and when it asks", async () => {
    const { id } = await here.jobs.create(mona, jobInput());
    const revoked = watch(here, id, 0, async () => false).jobs;
    await revoked.next();
    const next = revoked.next();
    here.bell.ring(`person:${mona.ownerId}`);
    expect((await next).done).toBe(true);
    const { stop, jobs } = watch(here, id);
    await jobs.next();
    stop.abort();
    expect((await jobs.next()).done).toBe(true);
  });
});

describe("administrators", () => {
  it("see whose jobs there are and how they go, and none of their words", async () => {
    const { id } = await here.jobs.create(
      mona,
      jobInput({ prompt: "secret words", metadata: { k: "secret" } }),
    );
    const { items } = await here.jobAdministration.list({ owner: mona.login.slice(0, 8), limit: 5 });
    expect(items[0]).toMatchObject({ id, owner: { login: mona.login }, promptChars: 12, status: "queued" });
    expect(JSON.stringify(items)).not.toContain("secret");
    const none = await here.jobAdministration.list({ owner: "nobody", status: ["running"], limit: 5 });
    expect(none.items).toEqual([]);
  });

  it("cancel somebody's job with one line in the audit log", async () => {
    const { id } = await here.jobs.create(mona, jobInput());
    await here.jobAdministration.cancel(boss, id);
    await here.jobAdministration.cancel(boss, id);
    expect(await here.jobs.get(mona, id)).toMatchObject({ status: "cancelled" });
    const lines = await database.db.auditEvent.findMany({ where: { targetId: id } });
    expect(lines).toMatchObject([
      { action: "job.cancelled", actorId: boss.ownerId, targetType: "job", details: { owner: mona.login } },
    ]);
    const unknown = here.jobAdministration.cancel(boss, randomUUID());
    await expect(unknown).rejects.toMatchObject({ code: "job_not_found" });
  });
});
