import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { RetentionRule } from "@/lib/contracts/retention";
import type { Actor } from "@/server/platform/scope";
import { createFakePool, type FakePool } from "@/tests/fakes/copilot-pool";
import { auditOf, createTestDatabase, type TestDatabase } from "@/tests/support/database";
import { type OldSession, storeOld } from "@/tests/support/old-sessions";
import { createActor, eventually, startTestProcess, type TestProcess } from "@/tests/support/process";

const ROOT = "root-of-all";
const DAY_MS = 86_400_000;

/** As in the sessions room. */
const JANITOR_EVERY_MS = 5_000;

let database: TestDatabase;
let pool: FakePool;
let app: TestProcess;
let boss: Actor;
let mona: Actor;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createFakePool();
  app = startTestProcess(database, pool, { adminLogins: [ROOT] });
});
afterAll(async () => {
  await app?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await database.db.user.deleteMany();
  await database.db.retentionRun.deleteMany();
  await database.db.retentionHold.deleteMany();
  await database.db.retentionRule.deleteMany();
  [boss, mona] = [await createActor(database), await createActor(database)];
});

const rule = (change: Partial<RetentionRule>): RetentionRule => ({
  ...{ kind: "age", role: null, days: 30, enabled: true },
  ...change,
});
const old = (session: OldSession, owner = mona) => storeOld(database, owner, session);
const left = async () =>
  (await database.db.copilotSession.findMany({ select: { id: true } })).map(({ id }) => id).toSorted();
const newestLines = (take: number) => database.db.auditEvent.findMany({ orderBy: { seq: "desc" }, take });

/** Runs by `rules` to the end. */
async function runBy(...rules: RetentionRule[]) {
  await app.retention.update(boss, { rules });
  const { id } = await app.retention.run(boss);
  const state = async () => (await database.db.retentionRun.findUnique({ where: { id } }))?.state;
  await eventually(state).toBe("completed");
  return database.db.retentionRun.findUniqueOrThrow({ where: { id } });
}

describe("a rule", () => {
  it.each([
    ["age", { created: 31, active: 1 }, { created: 29 }],
    ["idle", { created: 40, active: 31 }, { created: 90, active: 29 }],
    ["archived", { created: 90, archived: 31 }, { created: 90, archived: 29 }],
    ["archived", { created: 90, archived: 31 }, { created: 90 }],
    ["never_used", { created: 31, turn: null }, { created: 31 }],
    ["never_used", { created: 31, turn: null }, { created: 29, turn: null }],
  ] as const)("by %s deletes %j, and not %j", async (kind, goes, stays) => {
    await old(goes);
    const kept = await old(stays);
    const run = await runBy(rule({ kind }));
    expect(await left()).toEqual([kept]);
    expect(run).toMatchObject({ sessions: 1, events: 2, startedBy: boss.login, error: null });
  });

  it("for a role is about whom have it by now, those in ADMIN_LOGINS too", async () => {
    const [auditor, root] = [await createActor(database), await createActor(database, ROOT)];
    await database.db.user.update({ where: { id: auditor.ownerId }, data: { role: "auditor" } });
    const kept = [await old({ created: 31 }), await old({ created: 31 }, auditor)].toSorted();
    await old({ created: 31 }, root);
    await runBy(rule({ role: "admin" }));
    expect(await left()).toEqual(kept);
    await runBy(rule({ role: "auditor" }));
    expect(await left()).toHaveLength(1);
  });

  it("that is off deletes nothing, and no rule neither", async () => {
    const kept = await old({ created: 31 });
    await runBy(rule({ enabled: false }));
    await runBy();
    expect(await left()).toEqual([kept]);
  });

  it.each(["queued", "running"] as const)("spares a session with a %s turn", async (turn) => {
    const kept = await old({ created: 31, turn, events: 1 });
    await database.db.sessionHead.update({
      where: { sessionId: kept },
      data: { leaseOwner: "x", leaseExpiresAt: new Date(Date.now() + DAY_MS) },
    });
    const run = await runBy(rule({}));
    expect([await left(), run.sessions]).toEqual([[kept], 0]);
  });
});

describe("a deletion", () => {
  it("takes everything of the session, leaves a line in the log and has its files removed", async () => {
    const sessionId = await old({ created: 31, cliServer: "elsewhere", events: 5 });
    const run = await runBy(rule({}));
    for (const count of [
      database.db.event.count({ where: { sessionId } }),
      database.db.turn.count({ where: { sessionId } }),
      database.db.sessionHead.count({ where: { sessionId } }),
    ])
      expect(await count).toBe(0);
    expect(run).toMatchObject({ sessions: 1, events: 5 });
    const lines = await database.db.auditEvent.findMany({ where: { targetId: sessionId } });
    expect(lines).toMatchObject([
      {
        action: "session.deleted",
        actorId: null,
        actorName: "clean-up",
        details: { run: run.id, rule: "age" },
      },
    ]);
    const [ended] = await newestLines(1);
    expect(ended).toMatchObject({
      action: "cleanup.ended",
      targetId: run.id,
      details: { sessions: 1, events: 5 },
    });
  });

  it("of many leaves the chain of the audit log whole", async () => {
    for (let n = 0; n < 40; n++) await old({ created: 31 + n });
    expect((await runBy(rule({}))).sessions).toBe(40);
    expect((await auditOf(database.db).verify()).broken).toBeNull();
  });

  it("lets the files go through the janitor", async () => {
    const sessionId = await old({ created: 31, cliServer: pool.first.id });
    pool.first.disk.add(sessionId);
    await runBy(rule({}));
    app.clock.jump(JANITOR_EVERY_MS);
    await eventually(() => pool.first.disk.has(sessionId)).toBe(false);
  });
});

describe("a hold", () => {
  it("keeps a session, or all of a person, until it is lifted", async () => {
    const hubot = await createActor(database);
    const [one] = [await old({ created: 31 }), await old({ created: 31 })];
    const theirs = await old({ created: 31 }, hubot);
    const session = { targetType: "session", targetId: one } as const;
    const person = { targetType: "person", targetId: hubot.ownerId } as const;
    await app.retention.update(boss, { hold: { ...session, reason: "evidence" } });
    const { holds } = await app.retention.update(boss, { hold: { ...person, reason: "leaves" } });
    expect(holds).toMatchObject([
      { ...person, reason: "leaves", name: hubot.login, heldBy: boss.login },
      { ...session, reason: "evidence", name: `session ${one}` },
    ]);
    await runBy(rule({}));
    expect(await left()).toEqual([one, theirs].toSorted());
    await app.retention.update(boss, { lift: session });
    expect((await newestLines(1))[0]).toMatchObject({ action: "hold.lifted", targetId: one });
    await app.retention.update(boss, { lift: person });
    await runBy(rule({}));
    expect(await left()).toEqual([]);
  });

  it("of nothing is refused, and leaves no line; lifting what is not held changes nothing", async () => {
    const [before] = await newestLines(1);
    for (const targetType of ["session", "person"] as const) {
      const target = { targetType, targetId: randomUUID() };
      await expect(
        app.retention.update(boss, { rules: [rule({})], hold: { ...target, reason: "x" } }),
      ).rejects.toMatchObject({ code: `${targetType}_not_found` });
      await app.retention.update(boss, { lift: target });
    }
    expect([(await newestLines(1))[0], await database.db.retentionRule.count()]).toEqual([before, 0]);
  });
});

it("rules are replaced as a whole, in the order given, and say when they are applied next", async () => {
  const rules = [rule({ kind: "idle" }), rule({ role: "user", days: 7 }), rule({ enabled: false })];
  const changed = await app.retention.update(boss, { rules });
  expect(changed.rules).toMatchObject(rules);
  expect(changed.nextRunAt?.getTime()).toBeGreaterThan(Date.now());
  expect((await newestLines(1))[0]).toMatchObject({
    ...{ action: "cleanup.changed", actorName: boss.login },
    details: { rules: ["idle 30 days, everybody", "age 7 days, user", "age 30 days, everybody, off"] },
  });
  const off = await app.retention.update(boss, { rules: [rule({ enabled: false })] });
  expect([off.rules.length, off.nextRunAt]).toEqual([1, null]);
});

describe("a preview", () => {
  it("tells of each rule, on or off, and of what is spared, and changes nothing", async () => {
    const hubot = await createActor(database);
    const first = await old({ created: 50, events: 3 });
    await old({ created: 40 }, hubot);
    const held = await old({ created: 40 });
    await old({ created: 45, turn: "running" });
    await database.db.retentionHold.create({
      data: { targetType: "session", targetId: held, reason: "r", heldBy: "b" },
    });
    const rules = [rule({}), rule({ days: 42 }), rule({ days: 45, enabled: false }), rule({ days: 99 })];
    const preview = await app.retention.preview({ rules });
    expect(preview).toMatchObject({
      ...{ sessions: 2, people: 2, events: 5, isEstimate: false, exempt: { onHold: 1, active: 1 } },
      rules: [{ sessions: 4 }, { sessions: 2 }, { sessions: 2 }, { sessions: 0 }],
    });
    expect(preview.samples.map(({ id, owner }) => [id, owner])[0]).toEqual([first, mona.login]);
    expect(await left()).toHaveLength(4);
    expect(await app.retention.preview({})).toMatchObject({ sessions: 0, rules: [] });
  });

  it("is what the run then deletes, whatever the rules and sessions", async () => {
    const days = fc.integer({ min: 0, max: 6 });
    const session = fc.record({
      ...{ created: days, active: days, archived: fc.option(days), events: fc.nat(4) },
      turn: fc.constantFrom("succeeded", "failed", "running", null),
    });
    const anyRule = fc.record({
      kind: fc.constantFrom("age", "idle", "archived", "never_used"),
      role: fc.constantFrom("user", "admin", null),
      days: fc.integer({ min: 1, max: 6 }),
      enabled: fc.boolean(),
    });
    const plan = fc.record({
      sessions: fc.array(fc.tuple(session, fc.boolean(), fc.boolean()), { minLength: 3, maxLength: 8 }),
      rules: fc.array(anyRule, { minLength: 1, maxLength: 3 }),
    });
    await database.db.user.update({ where: { id: boss.ownerId }, data: { role: "admin" } });
    await fc.assert(
      fc.asyncProperty(plan, async ({ sessions, rules }) => {
        await database.db.copilotSession.deleteMany();
        await database.db.retentionHold.deleteMany();
        for (const [each, isBoss, isHeld] of sessions) {
          const targetId = await old(each, isBoss ? boss : mona);
          const hold = { targetType: "session", targetId, reason: "r", heldBy: "b" } as const;
          if (isHeld) await database.db.retentionHold.create({ data: hold });
        }
        const preview = await app.retention.preview({ rules });
        const before = await left();
        const run = await runBy(...rules);
        const gone = before.length - (await left()).length;
        expect({ sessions: run.sessions, events: run.events }).toEqual({
          sessions: preview.sessions,
          events: preview.events,
        });
        expect(gone).toBe(preview.sessions);
        expect(preview.samples.every(({ id }) => before.includes(id))).toBe(true);
      }),
      { numRuns: 12 },
    );
  });
});
