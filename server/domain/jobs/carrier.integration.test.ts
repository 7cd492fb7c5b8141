import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AppError } from "@/lib/errors/app-error";
import type { Actor } from "@/server/platform/scope";
import { createFakePool, type FakePool } from "@/tests/fakes/copilot-pool";
import { createTestDatabase, type TestDatabase } from "@/tests/support/database";
import { hurry, jobInput, promptsGiven, untilJob } from "@/tests/support/jobs";
import { createActor, eventually, startTestProcess, type TestProcess } from "@/tests/support/process";
import { KEPT_DAYS } from "./tunables";

const DAY_MS = 86_400_000;

let database: TestDatabase;
let pool: FakePool;
let app: TestProcess;
let mona: Actor;

beforeEach(async () => {
  database = await createTestDatabase();
  pool = createFakePool();
  app = startTestProcess(database, pool, { jobsAtOnce: 20, jobLimits: { perPerson: 3 } });
  mona = await createActor(database);
});

afterEach(async () => {
  await app?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

const create = (change: Parameters<typeof jobInput>[0] = {}, actor = mona) =>
  app.jobs.create(actor, jobInput(change));
const until = (jobId: string, ...statuses: Parameters<typeof untilJob>[2][]) =>
  untilJob(app, { actor: mona, jobId }, ...statuses);
const runningNow = () => database.db.job.count({ where: { status: "running" } });

describe("a job", () => {
  it("gets a session of its own, named after its prompt, and keeps the answer", async () => {
    const { id } = await create({ prompt: "Tell me a story", model: "beta" });
    const job = await until(id, "succeeded");
    expect(job).toMatchObject({
      ...{ result: "You said: Tell me a story", attempts: 1, code: null, cancelRequested: false },
      tries: [{ outcome: "succeeded", turnId: job.turnId, code: null }],
    });
    expect(job.progress.events).toBeGreaterThan(0);
    const session = await app.sessions.get(mona, job.sessionId ?? "");
    expect(session).toMatchObject({ title: "Tell me a story", model: "beta" });
    expect(await app.turns.get(mona, job.turnId ?? "")).toMatchObject({ prompt: "Tell me a story" });
  });

  it("in a session that is there goes on with that conversation, in the model that was asked for", async () => {
    const { id: sessionId } = await app.sessions.create(mona, { title: "mine" });
    const first = await create({ sessionId, prompt: "one" });
    await until(first.id, "succeeded");
    const second = await create({ sessionId, prompt: "two", model: "beta" });
    await until(second.id, "succeeded");
    expect(promptsGiven(pool)).toEqual(["one", "two"]);
    expect(await app.sessions.get(mona, sessionId)).toMatchObject({ title: "mine", model: "beta" });
  });

  it("waits while a person's prompt is answered in its session, without an attempt", async () => {
    pool.first.autoAnswer = false;
    const { id: sessionId } = await app.sessions.create(mona, {});
    await app.turns.send(mona, { sessionId, prompt: "by hand", idempotencyKey: "k" });
    const byHand = await pool.first.prompted();
    const { id } = await create({ sessionId, prompt: "in the background" });
    await eventually(async () => (await app.jobs.get(mona, id)).code).toBe("turn_already_active");
    expect(await app.jobs.get(mona, id)).toMatchObject({ status: "queued", attempts: 0, tries: [] });
    byHand.answer(["done"]);
    await eventually(async () => (await app.sessions.get(mona, sessionId)).activeTurn).toBeNull();
    await hurry(database, id);
    (await pool.first.prompted()).answer(["now"]);
    expect(await until(id, "succeeded")).toMatchObject({ attempts: 1, result: "now", code: null });
  });

  it("that fails for a reason that may pass is tried again, each time as a turn of its own", async () => {
    app.credentials.failure = new Error("no token");
    const { id } = await create({ maxAttempts: 2 });
    await eventually(async () => (await app.jobs.get(mona, id)).attempts).toBe(1);
    const waiting = await app.jobs.get(mona, id);
    expect(waiting).toMatchObject({ status: "queued", code: "internal", tries: [{ outcome: "failed" }] });
    expect(waiting.runAt.getTime()).toBeGreaterThan(Date.now());
    app.credentials.failure = null;
    await hurry(database, id);
    const job = await until(id, "succeeded");
    expect(job.tries.map(({ outcome }) => outcome)).toEqual(["failed", "succeeded"]);
    expect(new Set(job.tries.map(({ turnId }) => turnId)).size).toBe(2);
    expect(await database.db.turn.count()).toBe(2);
  });

  it("that fails for a reason that stays has failed, and starts afresh when it is asked for again", async () => {
    app.credentials.failure = new AppError("github_sign_in_required");
    const { id } = await create();
    const failed = await until(id, "failed");
    expect(failed).toMatchObject({ code: "github_sign_in_required", attempts: 1, result: null });
    expect(failed.message).toContain("sign in again");
    app.credentials.failure = null;
    await app.jobs.retry(mona, id);
    expect(await until(id, "succeeded")).toMatchObject({
      attempts: 1,
      code: null,
      sessionId: failed.sessionId,
    });
  });

  it("whose session is deleted meanwhile has failed", async () => {
    pool.first.autoAnswer = false;
    const { id } = await create();
    await pool.first.prompted();
    await app.sessions.delete(mona, (await app.jobs.get(mona, id)).sessionId ?? "");
    expect(await until(id, "failed")).toMatchObject({ code: "session_not_found", sessionId: null });
    await app.jobs.retry(mona, id);
    (await pool.first.prompted()).answer(["again"]);
    expect(await until(id, "succeeded")).toMatchObject({ result: "again" });
  });

  it("does not start before its time", async () => {
    const notBefore = new Date(Date.now() + 1_500);
    const { id } = await create({ notBefore });
    const { startedAt } = await until(id, "succeeded");
    expect(startedAt?.getTime()).toBeGreaterThanOrEqual(notBefore.getTime());
  });

  it("of somebody who was shut out sends nothing", async () => {
    const notBefore = new Date(Date.now() + 60_000);
    const { id } = await create({ notBefore });
    await database.db.user.update({ where: { id: mona.ownerId }, data: { disabledAt: new Date() } });
    await hurry(database, id);
    expect(await until(id, "failed")).toMatchObject({ code: "person_shut_out", tries: [] });
    expect(await database.db.turn.count()).toBe(0);
  });

  it("is deleted a while after its end", async () => {
    const { id } = await create();
    await until(id, "succeeded");
    app.clock.jump((KEPT_DAYS + 1) * DAY_MS);
    await eventually(() => database.db.job.count()).toBe(0);
    await expect(app.jobs.get(mona, id)).rejects.toMatchObject({ code: "job_not_found" });
  });
});

describe("a job that runs", () => {
  beforeEach(() => {
    pool.first.autoAnswer = false;
  });

  it("stops when it is cancelled, in whatever process, with the text that had arrived", async () => {
    await using web = startTestProcess(database, pool, { role: "web" });
    await web.known(1);
    await app.known(1);
    const { id } = await create();
    const prompted = await pool.first.prompted();
    prompted.emit({ kind: "delta", messageId: prompted.messageId, text: "half" });
    expect(await web.jobs.cancel(mona, id)).toMatchObject({ status: "running", cancelRequested: true });
    expect(await until(id, "cancelled")).toMatchObject({ result: "half", tries: [{ outcome: "aborted" }] });
  });

  it("is cancelled where somebody stops its turn", async () => {
    const { id } = await create();
    await pool.first.prompted();
    await app.turns.abort(mona, (await app.jobs.get(mona, id)).sessionId ?? "");
    expect(await until(id, "cancelled")).toMatchObject({ cancelRequested: false });
  });

  it("is stopped at its deadline; one that waits for it never starts", async () => {
    const deadline = new Date(app.clock.now().getTime() + 3_600_000);
    const { id } = await create({ deadline });
    const waiting = await create({ deadline, notBefore: new Date(deadline.getTime() + 1) });
    await pool.first.prompted();
    app.clock.jump(3_600_000);
    expect(await until(id, "failed")).toMatchObject({ code: "deadline_passed" });
    expect(await until(waiting.id, "failed")).toMatchObject({ code: "deadline_passed", startedAt: null });
  });
});

describe("the jobs of one person", () => {
  it("run so many at once, the more urgent first, and leave room for others", async () => {
    pool.first.autoAnswer = false;
    const hubot = await createActor(database);
    const first: string[] = [];
    for (let n = 0; n < 3; n += 1) first.push((await create({ prompt: `first ${n}` })).id);
    await eventually(runningNow).toBe(3);
    await create({ prompt: "low", priority: "low" });
    await create({ prompt: "normal" });
    await create({ prompt: "high", priority: "high" });
    const other = await create({ prompt: "hubot's" }, hubot);
    await untilJob(app, { actor: hubot, jobId: other.id }, "running");
    expect(await runningNow()).toBe(4);
    const begun = new Map<string, { answer(words: string[]): void }>();
    for (let n = 0; n < 4; n += 1) {
      const prompted = await pool.first.prompted();
      begun.set(prompted.prompt, prompted);
    }
    const order: string[] = [];
    for (const prompt of ["first 0", "first 1", "first 2"]) {
      begun.get(prompt)?.answer(["done"]);
      order.push((await pool.first.prompted()).prompt);
    }
    expect(order).toEqual(["high", "normal", "low"]);
  });
});
