import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WireEvent } from "@/lib/events/wire";
import { createUsage } from "@/server/domain/usage/service";
import { createUsageStore } from "@/server/domain/usage/store";
import type { OwnerId } from "@/server/platform/scope";
import { createFakePool } from "@/tests/fakes/copilot-pool";
import { auditOf, createTestDatabase, type TestDatabase } from "@/tests/support/database";
import { startTestProcess } from "@/tests/support/process";
import { fill, hasSessions, type Wanted } from "./fill";

const DAY_MS = 86_400_000;
const WANTED: Wanted = {
  ...{ people: 20, sessions: 200, days: 30, seed: 7, eventsPerSession: 20 },
  ...{ servers: ["local", "other"], until: new Date() },
};
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  expect(await hasSessions(database.url)).toBe(false);
  await fill(database.url, WANTED);
});
afterAll(() => database?.[Symbol.asyncDispose]());

/** What is the same each time: all but browser logins and what the database dates itself. */
async function digest({ db }: TestDatabase): Promise<string> {
  const rows = [
    await db.user.findMany({ orderBy: { id: "asc" } }),
    await db.account.findMany({ orderBy: { id: "asc" } }),
    await db.copilotSession.findMany({ orderBy: { id: "asc" } }),
    await db.sessionHead.findMany({ orderBy: { sessionId: "asc" } }),
    await db.turn.findMany({ orderBy: { id: "asc" } }),
    await db.event.findMany({ orderBy: [{ sessionId: "asc" }, { seq: "asc" }] }),
  ];
  return createHash("sha256").update(JSON.stringify(rows)).digest("hex");
}

describe("a database that was filled", () => {
  it("has so many people and sessions, with roles, and people who are gone or silent", async () => {
    expect(await database.db.copilotSession.count()).toBe(WANTED.sessions);
    const people = await database.db.user.groupBy({ by: ["role"], _count: true });
    expect(Object.fromEntries(people.map(({ role, _count }) => [role, _count]))).toEqual({
      admin: 3,
      auditor: 5,
      user: 12,
    });
    expect(await hasSessions(database.url)).toBe(true);
  });

  it("has the stand-in's people, so that they find what is theirs when they sign in", async () => {
    const account = await database.db.account.findUniqueOrThrow({
      where: { provider_providerAccountId: { provider: "github", providerAccountId: "1001" } },
      include: { user: { include: { _count: { select: { chats: true } } } } },
    });
    expect(account.user).toMatchObject({ login: "mona", role: "admin" });
    expect(account.user._count.chats).toBeGreaterThan(0);
  });

  it("has logs as the product writes them: numbered without gaps, of the known types, as long as the head says", async () => {
    const sessions = await database.db.copilotSession.findMany({
      include: { head: true, events: { orderBy: { seq: "asc" } }, turns: { orderBy: { seq: "asc" } } },
    });
    for (const { head, events, turns } of sessions) {
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, n) => n + 1));
      expect(head?.lastSeq).toBe(events.length);
      for (const { turnId, ...event } of events) WireEvent.parse({ ...event, turnId: turnId ?? undefined });
      const prompts = events.filter(({ type }) => type === "user.message");
      expect(turns.map(({ id, seq }) => [id, seq])).toEqual(prompts.map(({ turnId, seq }) => [turnId, seq]));
      for (const [n, turn] of turns.entries()) {
        const times = [turn.createdAt, turn.startedAt, turn.firstTextAt, turn.endedAt].filter(
          (at) => at !== null,
        );
        expect(times).toEqual(times.toSorted((one, other) => one.getTime() - other.getTime()));
        expect((turn.endedAt ?? 0) <= (turns[n + 1]?.createdAt ?? WANTED.until)).toBe(true);
        expect(["succeeded", "failed", "aborted"]).toContain(turn.status);
        const end = events.find(({ type, turnId }) => type === "turn.ended" && turnId === turn.id);
        expect(end?.data).toMatchObject({ outcome: turn.status, ...(turn.code && { code: turn.code }) });
      }
    }
  });

  it("has an audit log that holds", async () => {
    const { events, broken } = await auditOf(database.db).verify();
    expect(broken).toBeNull();
    expect(events).toBeGreaterThan(WANTED.people);
  });

  it("has an overview that says what is in it", async () => {
    const usage = createUsage(createUsageStore(database.db));
    const from = new Date(WANTED.until.getTime() - 40 * DAY_MS);
    const shown = await usage.during({ from, to: new Date(WANTED.until.getTime() + DAY_MS) });
    const failed = await database.db.turn.groupBy({
      by: ["code"],
      where: { status: "failed" },
      _count: true,
    });
    const owners = await database.db.user.count({ where: { chats: { some: { turns: { some: {} } } } } });
    expect(shown.turns).toBe(await database.db.turn.count());
    expect(shown.people).toBe(owners);
    expect(new Map(shown.failures.map(({ code, turns }) => [code, turns]))).toEqual(
      new Map(failed.map(({ code, _count }) => [code, _count])),
    );
    expect(shown.firstTextP50Ms).toBeGreaterThan(300);
    expect(shown.firstTextP95Ms).toBeLessThan(10_000);
    expect(await database.db.usageHour.count()).toBeGreaterThan(24 * 25);
  });

  it("is used by the app: a session is listed, opened and gone on with", async () => {
    await using app = startTestProcess(database, createFakePool());
    const mona = await database.db.user.findUniqueOrThrow({ where: { login: "mona" } });
    const actor = {
      ...{ kind: "user" as const, ownerId: mona.id as OwnerId, login: "mona" },
      ...{ role: "admin" as const, address: null, token: null },
    };
    const { items } = await app.sessions.list(actor, { archived: false, limit: 30 });
    const session = items.find(({ lastSeq }) => lastSeq > 0);
    if (!session) throw new Error("mona has no session with a turn");
    const { events } = await app.sessions.events(actor, { sessionId: session.id, afterSeq: 0, limit: 1_000 });
    expect(events.at(-1)).toMatchObject({ seq: session.lastSeq, type: "turn.ended" });
    const sent = await app.turns.send(actor, { sessionId: session.id, prompt: "more", idempotencyKey: "k" });
    expect(sent.seq).toBe(session.lastSeq + 1);
  });
});

it("the same seed makes the same rows, another seed others", async () => {
  const [one, other, third] = [
    await createTestDatabase(),
    await createTestDatabase(),
    await createTestDatabase(),
  ];
  try {
    const small = { ...WANTED, sessions: 50 };
    await fill(one.url, small);
    await fill(other.url, small);
    await fill(third.url, { ...small, seed: 8 });
    expect(await digest(other)).toBe(await digest(one));
    expect(await digest(third)).not.toBe(await digest(one));
  } finally {
    for (const database of [one, other, third]) await database[Symbol.asyncDispose]();
  }
});
