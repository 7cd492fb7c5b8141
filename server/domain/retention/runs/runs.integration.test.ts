import { randomUUID } from "node:crypto";
import pino from "pino";
import { describe, expect, it, vi } from "vitest";
import { createTasks } from "@/server/platform/tasks";
import { createJumpingClock } from "@/tests/fakes/clock";
import { withCleanUp } from "@/tests/support/clean-up";
import { eventually, startTestProcess } from "@/tests/support/process";
import { BATCH_ROWS_FIRST, FAILURES_MAX, LOOK_MS } from "../tunables";
import { startCleanUp } from "../upkeep";
import { CarriedRun } from "./carried-run";

const AGED = { kind: "age", role: null, days: 30, enabled: true } as const;
const DAY_MS = 86_400_000;
const log = pino({ level: "silent" });
const never = new AbortController().signal;

const world = withCleanUp();
const { parts, old, rowOf, runningHere } = world;
const sessions = () => world.database.db.copilotSession.count();
const deletions = () => world.database.db.auditEvent.count({ where: { action: "session.deleted" } });

async function storeMany(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await old();
}

describe("a run", () => {
  it("whose process dies in the middle is finished by another, and counts each session once", async () => {
    await storeMany(150);
    const before = await deletions();
    const { store, runs, ...rest } = parts();
    await store.change(world.boss, { rules: [AGED] }, new Date());
    const { id: runId } = await runs.start(world.boss, new Date());
    expect((await runs.take("first"))?.id).toBe(runId);
    const dying = new AbortController();
    const first = new CarriedRun(
      { ...rest, store, runs, bell: { ring: () => dying.abort() } },
      { runId, processId: "first" },
      dying.signal,
    );
    expect(await first.deleteAll()).toBe(false);
    const half = await rowOf(runId);
    expect(half.sessions).toBeGreaterThan(0);
    expect(await sessions()).toBe(150 - half.sessions);
    await using app = startTestProcess(world.database, world.pool);
    await eventually(async () => (await rowOf(runId)).state).toBe("completed");
    const run = await rowOf(runId);
    expect(run).toMatchObject({ sessions: 150, events: 300, processId: app.id });
    expect([await sessions(), (await deletions()) - before]).toEqual([0, 150]);
  });

  it("that was taken over deletes nothing more in the process that had it", async () => {
    await storeMany(3);
    const { store, runs, ...rest } = parts();
    await store.change(world.boss, { rules: [AGED] }, new Date());
    const { id: runId } = await runs.start(world.boss, new Date());
    await runs.take("first");
    await runs.take("second");
    const first = new CarriedRun({ ...rest, store, runs }, { runId, processId: "first" }, never);
    expect(await first.deleteAll()).toBe(false);
    expect(await sessions()).toBe(3);
    expect(
      await runs.end({ runId, processId: "first" }, { now: new Date(), longestMs: 0, error: null }),
    ).toBeNull();
    expect((await rowOf(runId)).state).toBe("running");
  });

  it("is one, also where two processes are asked for it at once, and deletes nothing twice", async () => {
    await storeMany(60);
    const before = await deletions();
    await using one = startTestProcess(world.database, world.pool);
    await using other = startTestProcess(world.database, world.pool);
    await one.retention.update(world.boss, { rules: [AGED] });
    const asked = await Promise.all(
      [one, other, one, other].map(({ retention }) => retention.run(world.boss)),
    );
    expect(new Set(asked.map(({ id }) => id)).size).toBe(1);
    await eventually(async () => (await rowOf(asked[0]?.id ?? "")).state).toBe("completed");
    expect(await rowOf(asked[0]?.id ?? "")).toMatchObject({ sessions: 60, events: 120 });
    expect([await sessions(), (await deletions()) - before]).toEqual([0, 60]);
    expect((await one.retention.runs({ limit: 5 })).items).toHaveLength(1);
  });

  it("asked for where no turns run is carried out where they do", async () => {
    await old();
    await using web = startTestProcess(world.database, world.pool, { role: "web" });
    await web.retention.update(world.boss, { rules: [AGED] });
    const { id } = await web.retention.run(world.boss);
    await using worker = startTestProcess(world.database, world.pool, { role: "worker" });
    await eventually(async () => (await rowOf(id)).state).toBe("completed");
    expect(await rowOf(id)).toMatchObject({ sessions: 1, processId: worker.id });
  });

  it("is made once a day by itself, by one process of several", async () => {
    await old();
    await using one = startTestProcess(world.database, world.pool);
    await using other = startTestProcess(world.database, world.pool);
    const clocks = [one.clock, other.clock];
    const { nextRunAt } = await one.retention.update(world.boss, { rules: [AGED] });
    const untilNext = (nextRunAt?.getTime() ?? 0) - one.clock.now().getTime();
    const completed = () => world.database.db.retentionRun.findMany({ where: { state: "completed" } });
    const looked = async () => {
      for (const clock of clocks) clock.jump(LOOK_MS);
      return (await completed()).length;
    };
    expect(await looked()).toBe(0);
    for (const clock of clocks) clock.jump(untilNext);
    await eventually(looked).toBe(1);
    expect((await completed())[0]).toMatchObject({ startedBy: null, sessions: 1 });
    expect(await looked()).toBe(1);
    for (const clock of clocks) clock.jump(DAY_MS);
    await eventually(looked).toBe(2);
    expect(await world.database.db.retentionRun.count()).toBe(2);
  });

  it("in which nothing works any more is tried a few times, has failed then, and says so", async () => {
    const { runs, ...rest } = parts();
    const { id } = await runs.start(world.boss, new Date());
    const emptying = vi.fn(async () => {
      throw new Error("broken");
    });
    const clock = createJumpingClock();
    const tasks = createTasks(log);
    startCleanUp({
      ...{ ...rest, runs, clock, tasks, log, bell: world.presence, processId: "me", at: "03:30" },
      ...{ removal: { ...rest.removal, emptying }, serverIds: () => [] },
      fleet: { conversationsOn: async () => [] },
    });
    const state = async () => {
      clock.jump(LOOK_MS);
      return (await rowOf(id)).state;
    };
    await eventually(state).toBe("failed");
    expect(emptying).toHaveBeenCalledTimes(FAILURES_MAX);
    expect((await rowOf(id)).error).toMatch(/went wrong/);
    expect(await tasks.stop(1_000)).toEqual([]);
  });

  it("that has failed is in the audit log as that", async () => {
    const { store, runs } = parts();
    await store.change(world.boss, { rules: [AGED] }, new Date());
    const { id: runId } = await runningHere();
    const ended = await runs.end(
      { runId, processId: "me" },
      { now: new Date(), longestMs: 7.4, error: "broken" },
    );
    expect(ended).toMatchObject({ state: "failed", error: "broken", longestBatchMs: 7 });
    const line = await world.database.db.auditEvent.findFirst({ orderBy: { seq: "desc" } });
    expect(line).toMatchObject({ action: "cleanup.ended", result: "failed" });
  });
});

describe("what comes while a run goes on", () => {
  /** Deletes by a rule, with `meanwhile` between the search and the first deletion. */
  async function runWith(meanwhile: () => Promise<unknown>): Promise<void> {
    const { store, runs, ...rest } = parts();
    await store.change(world.boss, { rules: [AGED] }, new Date());
    const { id: runId } = await runningHere();
    let isDone = false;
    const scan: typeof store.scan = async (...args) => {
      const found = await store.scan(...args);
      if (!isDone) await meanwhile();
      isDone = true;
      return found;
    };
    const carrier = { runId, processId: "me" };
    await new CarriedRun({ ...rest, runs, store: { ...store, scan } }, carrier, never).deleteAll();
  }
  const isThere = async (id: string) => (await world.database.db.copilotSession.count({ where: { id } })) > 0;

  it("a prompt keeps its session, and is answered", async () => {
    await using app = startTestProcess(world.database, world.pool);
    world.pool.first.autoAnswer = false;
    const [used, unused] = [await old(), await old()];
    let turnId = "";
    await runWith(async () => {
      const send = { sessionId: used, prompt: "still here", idempotencyKey: randomUUID() };
      turnId = (await app.turns.send(world.mona, send)).turnId;
    });
    expect([await isThere(used), await isThere(unused)]).toEqual([true, false]);
    (await world.pool.first.prompted()).answer(["yes"]);
    await eventually(async () => (await app.turns.get(world.mona, turnId)).status).toBe("succeeded");
  });

  it("a change that keeps nothing has the session looked at once more, and deleted", async () => {
    await using app = startTestProcess(world.database, world.pool);
    const renamed = await old();
    await runWith(() => app.sessions.update(world.mona, { sessionId: renamed, title: "new" }));
    expect(await isThere(renamed)).toBe(false);
  });

  it("many prompts are each refused or answered, never lost", async () => {
    await using app = startTestProcess(world.database, world.pool);
    await app.retention.update(world.boss, { rules: [{ ...AGED, kind: "idle" }] });
    const ids = await Promise.all(Array.from({ length: 40 }, () => old()));
    const [run, ...sent] = await Promise.all([
      app.retention.run(world.boss),
      ...ids.map((sessionId) =>
        app.turns
          .send(world.mona, { sessionId, prompt: "p", idempotencyKey: randomUUID() })
          .catch((error: { code: string }) => error.code),
      ),
    ]);
    await eventually(async () => (await rowOf(run.id)).state).toBe("completed");
    let kept = 0;
    for (const [index, answer] of sent.entries()) {
      const sessionId = ids[index] ?? "";
      if (typeof answer === "string") expect(answer).toBe("session_not_found");
      else {
        kept += 1;
        await eventually(async () => (await app.turns.get(world.mona, answer.turnId)).status).toBe(
          "succeeded",
        );
      }
      expect(await isThere(sessionId)).toBe(typeof answer !== "string");
    }
    expect((await rowOf(run.id)).sessions).toBe(40 - kept);
  });

  it("a hold is kept from the moment on at which it was set, as is a rule that is gone", async () => {
    const held = await old();
    const { store } = parts();
    const hold = { targetType: "session", targetId: held, reason: "r" } as const;
    await runWith(() => store.change(world.boss, { hold }, new Date()));
    expect(await isThere(held)).toBe(true);
    await world.database.db.retentionHold.deleteMany();
    await world.database.db.retentionRun.deleteMany();
    await runWith(() => store.change(world.boss, { rules: [] }, new Date()));
    expect(await isThere(held)).toBe(true);
  });

  it("a session whose head somebody has locked is left alone, and nobody waits", async () => {
    const [locked, free] = [await old(), await old()];
    await world.database.db.$transaction(async (tx) => {
      await tx.$executeRaw`SELECT 1 FROM "SessionHead" WHERE "sessionId" = ${locked}::uuid FOR UPDATE`;
      await runWith(async () => {});
    });
    expect([await isThere(locked), await isThere(free)]).toEqual([true, false]);
  });

  it("a watch of a deleted session ends", async () => {
    await using app = startTestProcess(world.database, world.pool);
    const sessionId = await old();
    const { signal } = new AbortController();
    const watch = app.sessions.watch(world.mona, sessionId, {
      afterSeq: 0,
      signal,
      stillAllowed: async () => true,
    });
    expect((await watch.next()).done).toBe(false);
    await app.retention.update(world.boss, { rules: [AGED] });
    await app.retention.run(world.boss);
    expect((await watch.next()).done).toBe(true);
  });
});

describe("a batch", () => {
  it("that takes too long is undone", async () => {
    await storeMany(30);
    const { store, runs } = parts();
    const { id: runId } = await runningHere();
    await store.change(world.boss, { rules: [AGED] }, new Date());
    const [rule] = await store.rules();
    if (!rule) throw new Error("no rule");
    const found = await store.scan(rule, new Date(), { after: null, limit: 30 });
    const doomed = found.map((each) => ({ ...each, details: {} }));
    const request = { sessions: doomed, whole: true, longestMs: 0, where: store.goesBy(rule, new Date()) };
    const carrier = { runId, processId: "me" };
    const before = await deletions();
    expect(await runs.remove(carrier, { ...request, limitMs: 1 }, () => {})).toBe("too_long");
    expect([await sessions(), (await rowOf(runId)).sessions, await deletions()]).toEqual([30, 0, before]);
    expect(await runs.remove(carrier, { ...request, limitMs: 0 }, () => {})).toHaveLength(30);
    expect([await sessions(), (await rowOf(runId)).sessions]).toEqual([0, 30]);
  });
});

describe("a session with more events than a batch bears", () => {
  const EVENTS = BATCH_ROWS_FIRST * 3;

  it("is out of reach first, then emptied in slices, and gone", async () => {
    await using app = startTestProcess(world.database, world.pool);
    const sessionId = await old({ events: EVENTS });
    const { store, runs, removal, ...rest } = parts();
    await store.change(world.boss, { rules: [AGED] }, new Date());
    const { id: runId } = await runningHere();
    const slices: number[] = [];
    const empty: typeof removal.empty = async (id, rows) => {
      await expect(app.sessions.get(world.mona, sessionId)).rejects.toMatchObject({
        code: "session_not_found",
      });
      const send = { sessionId, prompt: "p", idempotencyKey: "new" };
      await expect(app.turns.send(world.mona, send)).rejects.toMatchObject({ code: "session_not_found" });
      expect((await app.sessions.list(world.mona, { archived: false, limit: 5 })).items).toEqual([]);
      slices.push(rows);
      return removal.empty(id, rows);
    };
    const carried = new CarriedRun(
      { ...rest, store, runs, removal: { ...removal, empty } },
      { runId, processId: "me" },
      never,
    );
    expect(await carried.deleteAll()).toBe(true);
    expect(slices.length).toBeGreaterThan(1);
    expect([await sessions(), await world.database.db.event.count({ where: { sessionId } })]).toEqual([0, 0]);
    expect(await rowOf(runId)).toMatchObject({ sessions: 1, events: EVENTS });
  });

  it("is emptied by whoever goes on with the run, and counted once", async () => {
    await old({ events: EVENTS });
    const { store, runs, removal, ...rest } = parts();
    await store.change(world.boss, { rules: [AGED] }, new Date());
    const { id: runId } = await runs.start(world.boss, new Date());
    await runs.take("first");
    const dying = new AbortController();
    const dead = { ...rest, store, runs, removal, bell: { ring: () => dying.abort() } };
    await new CarriedRun(dead, { runId, processId: "first" }, dying.signal).deleteAll();
    expect(await sessions()).toBe(1);
    await runs.take("second");
    const carrier = { runId, processId: "second" };
    await new CarriedRun({ ...rest, store, runs, removal }, carrier, never).deleteAll();
    expect(await sessions()).toBe(0);
    expect(await rowOf(runId)).toMatchObject({ sessions: 1, events: EVENTS });
  });

  it("and a head is never emptied", async () => {
    const id = await old({ events: 5 });
    const { removal } = parts();
    await removal.empty(id, 10);
    expect([await sessions(), await world.database.db.event.count({ where: { sessionId: id } })]).toEqual([
      1, 5,
    ]);
  });
});
