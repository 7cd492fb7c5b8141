import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createDb } from "@/server/db/client";
import type { OwnerId } from "@/server/platform/scope";
import { createPerson, createTestDatabase, type TestDatabase } from "@/tests/support/database";
import { eventually } from "@/tests/support/process";
import { createUsage } from "./service";
import { createUsageStore } from "./store";
import { ROLL_MARGIN_MS } from "./tunables";
import type { Usage } from "./types";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Longer than `eventually` waits. */
const LONG = { timeout: 30_000 };

let database: TestDatabase;
let usage: Usage;
let mona: OwnerId;
let hubot: OwnerId;
/** The beginning of this hour, and of this day. */
let hour: number;
let day: number;

beforeAll(async () => {
  database = await createTestDatabase();
  usage = createUsage(createUsageStore(database.db));
});
afterAll(() => database?.[Symbol.asyncDispose]());
beforeEach(async () => {
  await database.db.user.deleteMany();
  await database.db.usageHour.deleteMany();
  await database.db.usagePersonDay.deleteMany();
  [mona, hubot] = [await createPerson(database.db, "mona"), await createPerson(database.db, "hubot")];
  const now = Date.now();
  [hour, day] = [now - (now % HOUR_MS), now - (now % DAY_MS)];
});

type Ended = {
  owner?: OwnerId;
  at: number;
  firstTextMs?: number;
  code?: string;
  status?: "aborted" | "failed";
};

async function ended({ owner = mona, at, firstTextMs, code, status }: Ended): Promise<string> {
  const { id: sessionId } = await database.db.copilotSession.create({ data: { ownerId: owner, title: "t" } });
  const createdAt = new Date(at - HOUR_MS);
  await database.db.turn.create({
    data: {
      ...{ sessionId, idempotencyKey: randomUUID(), prompt: "p", seq: 1 },
      ...{ createdAt, startedAt: createdAt, endedAt: new Date(at) },
      status: status ?? (code ? "failed" : "succeeded"),
      code: code ?? null,
      firstTextAt: firstTextMs === undefined ? null : new Date(createdAt.getTime() + firstTextMs),
    },
  });
  return sessionId;
}
/** How many statements wait for another transaction. */
const waiting = async () => {
  const [row] = await database.db.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  return row?.count;
};
const during = (from: number, to: number) => usage.during({ from: new Date(from), to: new Date(to) });
const hours = () => database.db.usageHour.findMany({ orderBy: [{ hour: "asc" }, { code: "asc" }] });

describe("an overview", () => {
  /** Some turns of three days, of which a part is in the hour that is not over. */
  async function fill() {
    for (const [n, firstTextMs] of [100, 200, 400, 800, 1_600].entries()) {
      await ended({ at: day - 2 * DAY_MS + n * HOUR_MS, firstTextMs });
    }
    await ended({ at: day - 2 * DAY_MS, owner: hubot, code: "rate_limited" });
    await ended({ at: day - DAY_MS + HOUR_MS, owner: hubot, code: "timed_out", firstTextMs: 50 });
    await ended({ at: day - DAY_MS + HOUR_MS, code: "rate_limited" });
    await ended({ at: Date.now() - 1, status: "aborted", firstTextMs: 3_000 });
  }

  it("by the day is the same before, while and after hours are added up", async () => {
    await fill();
    const look = () => during(day - 3 * DAY_MS, day + DAY_MS);
    const counted = await look();
    expect(counted).toMatchObject({
      stepMs: DAY_MS,
      turns: 9,
      people: 2,
      failures: [
        { code: "rate_limited", turns: 2 },
        { code: "timed_out", turns: 1 },
      ],
      steps: [
        {
          at: new Date(day - 3 * DAY_MS),
          succeeded: 0,
          failed: 0,
          aborted: 0,
          people: 0,
          firstTextP50Ms: null,
        },
        { at: new Date(day - 2 * DAY_MS), succeeded: 5, failed: 1, aborted: 0, people: 2 },
        { at: new Date(day - DAY_MS), succeeded: 0, failed: 2, aborted: 0, people: 2 },
        { at: new Date(day), succeeded: 0, failed: 0, aborted: 1, people: 1 },
      ],
    });
    const { firstTextP50Ms, firstTextP95Ms } = counted.steps[1] ?? {};
    expect(firstTextP50Ms).toBeGreaterThan(400 / 1.25);
    expect(firstTextP50Ms).toBeLessThan(400 * 1.25);
    expect(firstTextP95Ms).toBeGreaterThan(1_600 / 1.25);
    const store = createUsageStore(database.db);
    await store.rollNext(7, ROLL_MARGIN_MS);
    expect(await look()).toEqual(counted);
    await usage.rollUp();
    expect(await look()).toEqual(counted);
    expect((await hours()).length).toBeGreaterThan(40);
  });

  it("by the hour is the same before and after, and has every hour", async () => {
    await fill();
    const look = () => during(day - 2 * DAY_MS, day - DAY_MS);
    const counted = await look();
    expect(counted).toMatchObject({ stepMs: HOUR_MS, turns: 6, people: 2 });
    expect(counted.steps).toHaveLength(24);
    expect(counted.steps[0]).toMatchObject({ succeeded: 1, failed: 1, people: 2 });
    expect(counted.steps[4]).toMatchObject({ succeeded: 1, failed: 0, people: 1 });
    expect(counted.steps[5]).toMatchObject({ succeeded: 0, people: 0, firstTextP95Ms: null });
    await usage.rollUp();
    expect(await look()).toEqual(counted);
  });

  it("of nothing has its steps, all empty", async () => {
    const { steps, ...all } = await during(day - 5 * DAY_MS, day);
    expect(steps).toHaveLength(5);
    expect(all).toMatchObject({ turns: 0, people: 0, firstTextP50Ms: null, failures: [] });
  });

  it("takes a first text that seems to come before its prompt as one that came at once", async () => {
    await ended({ at: hour - 3 * HOUR_MS, firstTextMs: -20 });
    await usage.rollUp();
    expect((await during(hour - 4 * HOUR_MS, hour)).firstTextP50Ms).toBeLessThanOrEqual(10);
  });
});

describe("adding up", () => {
  it("leaves what is not over, or just is, to be counted from the turns", async () => {
    await ended({ at: hour - 5 * HOUR_MS });
    await ended({ at: Date.now() });
    await usage.rollUp();
    const newest = (await hours()).at(-1)?.hour.getTime() ?? 0;
    expect(newest + HOUR_MS).toBeLessThanOrEqual(Date.now() - ROLL_MARGIN_MS + MINUTE_MS);
    expect(newest).toBeGreaterThanOrEqual(hour - 2 * HOUR_MS);
    expect((await during(hour - DAY_MS, hour + HOUR_MS)).turns).toBe(2);
  });

  it("keeps its numbers when the turns and their person are deleted", async () => {
    const at = day - 10 * DAY_MS + HOUR_MS;
    const [one] = [await ended({ at, firstTextMs: 700 }), await ended({ at, owner: hubot })];
    await usage.rollUp();
    const look = () => during(day - 12 * DAY_MS, day - 8 * DAY_MS);
    const before = await look();
    expect(before).toMatchObject({ turns: 2, people: 2 });
    await database.db.copilotSession.delete({ where: { id: one } });
    await database.db.user.delete({ where: { id: hubot } });
    await usage.rollUp();
    expect(await look()).toEqual(before);
  });

  it("counts each hour and person once where processes do it at the same time", async () => {
    for (let n = 0; n < 60; n += 1)
      await ended({ at: day - 3 * DAY_MS + n * HOUR_MS, owner: n % 2 ? mona : hubot });
    const others = [createDb(database.url), createDb(database.url), createDb(database.url)];
    const work: Promise<void>[] = [];
    // A row that is not committed keeps them all in the statement that adds up the first hours; then they go on at once.
    const held = database.db.$transaction(async (tx) => {
      const first = { hour: new Date(day - 3 * DAY_MS), status: "succeeded", code: "", turns: 0 } as const;
      await tx.usageHour.create({ data: first });
      work.push(...others.map((db) => createUsage(createUsageStore(db)).rollUp()));
      await eventually(waiting).toBe(others.length);
      throw new Error("rolled back");
    }, LONG);
    await expect(held).rejects.toThrow("rolled back");
    await Promise.all(work);
    for (const db of others) await db.$disconnect();
    const sum = async () => (await database.db.usageHour.aggregate({ _sum: { turns: true } }))._sum.turns;
    const people = async () =>
      (await database.db.usagePersonDay.aggregate({ _sum: { turns: true } }))._sum.turns;
    expect([await sum(), await people()]).toEqual([60, 60]);
    await usage.rollUp();
    expect([await sum(), await people()]).toEqual([60, 60]);
    expect(new Set((await hours()).map(({ hour: at }) => at.getTime())).size).toBe((await hours()).length);
  });

  it("goes on where it stopped, over hours without any turn", async () => {
    await ended({ at: hour - 9 * HOUR_MS });
    const stop = new AbortController();
    const store = createUsageStore(database.db);
    const rollNext = async () => {
      stop.abort();
      return store.rollNext(3, ROLL_MARGIN_MS);
    };
    await createUsage({ ...store, rollNext }).rollUp(stop.signal);
    expect(await hours()).toHaveLength(3);
    await ended({ at: hour - 3 * HOUR_MS, code: "internal" });
    await usage.rollUp();
    const known = await hours();
    expect(known.filter(({ turns }) => turns > 0)).toMatchObject([
      { hour: new Date(hour - 9 * HOUR_MS), status: "succeeded", turns: 1, firstTextMs: [] },
      { hour: new Date(hour - 3 * HOUR_MS), status: "failed", code: "internal", turns: 1 },
    ]);
    expect(known.filter(({ status }) => status === "succeeded").length).toBeGreaterThanOrEqual(7);
  });
});
