import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CreateScheduleInput, SCHEDULES_MAX, type ScheduleRunRow } from "@/lib/contracts/schedules";
import { AppError } from "@/lib/errors/app-error";
import type { Actor } from "@/server/platform/scope";
import { createFakePool, type FakePool } from "@/tests/fakes/copilot-pool";
import { createTestDatabase, type TestDatabase } from "@/tests/support/database";
import { untilJob } from "@/tests/support/jobs";
import { createActor, eventually, startTestProcess, type TestProcess } from "@/tests/support/process";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** So often that a turn may be silent in between. */
const OFTEN = "*/2 * * * *";

let database: TestDatabase;
let pool: FakePool;
let app: TestProcess;
let mona: Actor;

beforeEach(async () => {
  database = await createTestDatabase();
  pool = createFakePool();
  app = startTestProcess(database, pool, { jobsAtOnce: 5 });
  mona = await createActor(database);
});

afterEach(async () => {
  await app?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

const input = (change: object = {}): CreateScheduleInput =>
  CreateScheduleInput.parse({ name: "hourly", cron: "0 * * * *", prompt: "Report", ...change });
const create = (change: object = {}) => app.schedules.create(mona, input(change));
const get = (scheduleId: string) => app.schedules.get(mona, scheduleId);
const runs = async (scheduleId: string): Promise<ScheduleRunRow[]> =>
  (await app.schedules.runs(mona, { scheduleId, limit: 50 })).items;

/** Moves time to just after the schedule's next moment, and answers with that. */
async function untilDue(scheduleId: string): Promise<Date> {
  const { nextRunAt } = await get(scheduleId);
  if (!nextRunAt) throw new Error("it is paused");
  app.clock.jump(nextRunAt.getTime() - app.clock.now().getTime() + 10);
  return nextRunAt;
}
/** Resolves with the newest run as soon as there are so many. */
async function untilRuns(scheduleId: string, count: number): Promise<ScheduleRunRow | undefined> {
  await eventually(async () => (await runs(scheduleId)).length).toBe(count);
  return (await runs(scheduleId))[0];
}
const untilEnded = (scheduleId: string, status: string) =>
  eventually(async () => (await runs(scheduleId))[0]?.job?.status).toBe(status);

describe("a schedule", () => {
  it("says when it runs, in words and as its next five moments", async () => {
    const made = await create({ cron: "30 8 * * 1", timeZone: "Europe/Berlin" });
    expect(made).toMatchObject({ words: "At 08:30, only on Monday", paused: null, failuresInRow: 0 });
    expect(made.nextRuns).toHaveLength(5);
    expect(made.nextRunAt).toEqual(made.nextRuns[0]);
    expect(await get(made.id)).toEqual(made);
    expect((await app.schedules.list(mona)).items).toEqual([made]);
  });

  it("makes a job at its moment, one, however many processes look", async () => {
    await using other = startTestProcess(database, pool);
    const { id } = await create();
    const dueAt = await untilDue(id);
    other.clock.jump(app.clock.now().getTime() - other.clock.now().getTime());
    const run = await untilRuns(id, 1);
    expect(run).toMatchObject({ dueAt, byHand: false, outcome: "started", moments: 1 });
    const job = await untilJob(app, { actor: mona, jobId: run?.job?.id ?? "" }, "succeeded");
    expect(job).toMatchObject({ prompt: "Report", scheduleId: id, result: "You said: Report" });
    expect((await get(id)).nextRunAt).toEqual(new Date(dueAt.getTime() + HOUR_MS));
    await untilDue(id);
    await untilRuns(id, 2);
    expect(await database.db.job.count()).toBe(2);
  });

  it("sends the prompts of all its runs to its session, where it has one", async () => {
    const { id: sessionId } = await app.sessions.create(mona, {});
    const { id } = await create({ sessionId });
    for (let n = 1; n <= 2; n += 1) {
      await untilDue(id);
      await untilRuns(id, n);
      await untilEnded(id, "succeeded");
    }
    expect((await runs(id)).map(({ job }) => job?.sessionId)).toEqual([sessionId, sessionId]);
  });

  it("is paused, does nothing meanwhile, and misses nothing when it goes on", async () => {
    const { id } = await create({ missed: "once" });
    const paused = await app.schedules.pause(mona, id);
    expect(paused).toMatchObject({ nextRunAt: null, paused: { code: null } });
    expect(await app.schedules.pause(mona, id)).toEqual(paused);
    app.clock.jump(5 * HOUR_MS);
    const resumed = await app.schedules.resume(mona, id);
    expect(resumed.paused).toBeNull();
    expect(resumed.nextRunAt?.getTime()).toBeGreaterThan(app.clock.now().getTime());
    await untilDue(id);
    expect(await untilRuns(id, 1)).toMatchObject({ moments: 1 });
  });

  it("runs by hand, also while it is paused", async () => {
    const { id } = await create();
    await app.schedules.pause(mona, id);
    const { jobId } = await app.schedules.runNow(mona, id);
    await untilJob(app, { actor: mona, jobId }, "succeeded");
    expect(await runs(id)).toMatchObject([{ byHand: true, outcome: "started", job: { id: jobId } }]);
  });

  it("is changed from its next run on", async () => {
    const { id } = await create();
    const changed = await app.schedules.update(mona, { scheduleId: id, cron: "@daily", prompt: "Other" });
    expect(changed).toMatchObject({ cron: "@daily", prompt: "Other", name: "hourly" });
    expect(changed.nextRunAt?.getUTCHours()).toBe(0);
    await untilDue(id);
    const run = await untilRuns(id, 1);
    await untilJob(app, { actor: mona, jobId: run?.job?.id ?? "" }, "succeeded");
  });

  it("is deleted, and its jobs stay", async () => {
    const { id } = await create();
    const { jobId } = await app.schedules.runNow(mona, id);
    await app.schedules.delete(mona, id);
    expect(await app.jobs.get(mona, jobId)).toMatchObject({ scheduleId: null });
    const { delete: remove, runNow } = app.schedules;
    for (const again of [() => remove(mona, id), () => get(id), () => runNow(mona, id)]) {
      await expect(again()).rejects.toMatchObject({ code: "schedule_not_found" });
    }
  });

  it("leaves a line in the audit log with each change", async () => {
    const { id } = await create();
    await app.schedules.update(mona, { scheduleId: id, name: "other" });
    await app.schedules.pause(mona, id);
    await app.schedules.resume(mona, id);
    await app.schedules.delete(mona, id);
    const lines = await database.db.auditEvent.findMany({ where: { targetId: id }, orderBy: { seq: "asc" } });
    expect(lines.map(({ action }) => action)).toEqual(
      ["created", "changed", "paused", "resumed", "deleted"].map((act) => `schedule.${act}`),
    );
    expect(new Set(lines.map(({ actorId }) => actorId))).toEqual(new Set([mona.ownerId]));
  });
});

describe("what cannot be", () => {
  it.each([
    [{ cron: "every day" }, { code: "invalid_input", details: { cron: expect.any(String) } }],
    [{ timeZone: "Mars/Olympus" }, { code: "invalid_input", details: { timeZone: expect.any(String) } }],
    [{ sessionId: randomUUID() }, { code: "session_not_found" }],
  ])("is refused: %j", async (change, error) => {
    await expect(create(change)).rejects.toMatchObject(error);
    const { id } = await create();
    await expect(app.schedules.update(mona, { scheduleId: id, ...change })).rejects.toMatchObject(error);
    expect(await get(id)).toMatchObject({ cron: "0 * * * *", timeZone: "UTC", sessionId: null });
  });

  it("is more than one person may have", async () => {
    const { id: _, ...row } = await database.db.schedule.findUniqueOrThrow({
      where: { id: (await create()).id },
    });
    const data = Array.from({ length: SCHEDULES_MAX - 1 }, () => row);
    await database.db.schedule.createMany({ data });
    await expect(create()).rejects.toMatchObject({ code: "too_many_schedules" });
  });

  it("is told of an expression before it is kept", () => {
    expect(app.schedules.preview({ cron: "0 9 * *", timeZone: "UTC" })).toMatchObject({
      ok: false,
      field: "cron",
    });
    expect(app.schedules.preview({ cron: "0 9 * * *", timeZone: "UTC" })).toMatchObject({
      words: "At 09:00",
    });
  });
});

describe("while the run before has not ended", () => {
  beforeEach(() => {
    pool.first.autoAnswer = false;
  });

  it("nothing is done where the rule is to skip", async () => {
    const { id } = await create({ cron: OFTEN, overlap: "skip" });
    await untilDue(id);
    await untilRuns(id, 1);
    const prompted = await pool.first.prompted();
    await untilDue(id);
    expect(await untilRuns(id, 2)).toMatchObject({ outcome: "overlap", job: null });
    prompted.answer(["done"]);
    await eventually(async () => (await runs(id))[1]?.job?.status).toBe("succeeded");
    await untilDue(id);
    expect(await untilRuns(id, 3)).toMatchObject({ outcome: "started" });
  });

  it("the next one waits where the rule is to queue", async () => {
    const { id } = await create({ cron: OFTEN, overlap: "queue" });
    await untilDue(id);
    await untilRuns(id, 1);
    const prompted = await pool.first.prompted();
    await untilDue(id);
    expect(await untilRuns(id, 2)).toMatchObject({ outcome: "started", job: { status: "queued" } });
    prompted.answer(["done"]);
    (await pool.first.prompted()).answer(["done too"]);
    await untilEnded(id, "succeeded");
  });
});

describe("after a downtime", () => {
  it.each([
    ["skip", { outcome: "missed", moments: 5, job: null }],
    ["once", { outcome: "started", moments: 5 }],
  ] as const)("what was missed is done by the rule: %s", async (missed, expected) => {
    const { id } = await create({ missed });
    const first = await get(id);
    await app[Symbol.asyncDispose]();
    app = startTestProcess(database, pool, { jobsAtOnce: 5 });
    const dueAt = new Date((first.nextRunAt?.getTime() ?? 0) + 4 * HOUR_MS);
    app.clock.jump(dueAt.getTime() - app.clock.now().getTime() + 30 * MINUTE_MS);
    expect(await untilRuns(id, 1)).toMatchObject({ ...expected, dueAt });
    expect((await get(id)).nextRunAt).toEqual(new Date(dueAt.getTime() + HOUR_MS));
  });
});

describe("a schedule whose runs fail", () => {
  it("pauses itself after so many in a row, says why, and starts afresh when it goes on", async () => {
    app.credentials.failure = new AppError("github_sign_in_required");
    const { id } = await create({ maxFailures: 2 });
    for (let n = 1; n <= 2; n += 1) {
      await untilDue(id);
      await untilRuns(id, n);
      await eventually(async () => (await get(id)).failuresInRow).toBe(n);
    }
    const paused = await get(id);
    expect(paused).toMatchObject({ nextRunAt: null, paused: { code: "github_sign_in_required" } });
    expect(paused.paused?.message).toContain("sign in again");
    const line = await database.db.auditEvent.findFirst({ where: { action: "schedule.paused" } });
    expect(line).toMatchObject({ actorId: null, actorName: "schedules", targetId: id });
    app.credentials.failure = null;
    expect(await app.schedules.resume(mona, id)).toMatchObject({ failuresInRow: 0, paused: null });
  });

  it("forgets its failures with a success", async () => {
    app.credentials.failure = new AppError("github_sign_in_required");
    const { id } = await create({ maxFailures: 2 });
    await app.schedules.runNow(mona, id);
    await eventually(async () => (await get(id)).failuresInRow).toBe(1);
    app.credentials.failure = null;
    await app.schedules.runNow(mona, id);
    await eventually(async () => (await get(id)).failuresInRow).toBe(0);
  });
});
