import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ListSessionsInput } from "@/lib/contracts/sessions";
import { CopilotError } from "@/server/copilot/errors";
import type { Actor } from "@/server/platform/scope";
import { createFakePool, type FakePool } from "@/tests/fakes/copilot-pool";
import { createTestDatabase, type TestDatabase } from "@/tests/support/database";
import {
  createActor,
  eventually,
  hasEnded,
  startTestProcess,
  type TestProcess,
  watchUntil,
} from "@/tests/support/process";
import { JANITOR_BATCH_ROWS, JANITOR_EVERY_MS } from "./tunables";

let database: TestDatabase;
let pool: FakePool;
let app: TestProcess;
let mona: Actor;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createFakePool();
  app = startTestProcess(database, pool);
});
beforeEach(async () => {
  mona = await createActor(database);
});
afterAll(async () => {
  await app?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

const list = (change: Partial<ListSessionsInput> = {}) =>
  app.sessions.list(mona, { archived: false, limit: 30, ...change });
const titles = async (change?: Partial<ListSessionsInput>) =>
  (await list(change)).items.map((session) => session.title);
const named = (title: string) => app.sessions.create(mona, { title });

describe("a session's key", () => {
  const create = (actor: Actor, idempotencyKey?: string) =>
    app.sessions.create(actor, { title: "keyed", idempotencyKey });

  it("gives the same session, as it is now, also to calls at the same time", async () => {
    const [first, ...others] = await Promise.all([create(mona, "k"), create(mona, "k"), create(mona, "k")]);
    await app.sessions.update(mona, { sessionId: first.id, title: "renamed" });
    expect(others.map(({ id }) => id)).toEqual([first.id, first.id]);
    expect(await create(mona, "k")).toMatchObject({ id: first.id, title: "renamed" });
    expect(await titles()).toEqual(["renamed"]);
  });

  it("is its owner's own, and free again where the session was deleted", async () => {
    const { id } = await create(mona, "k");
    expect((await create(await createActor(database), "k")).id).not.toBe(id);
    await app.sessions.delete(mona, id);
    const again = await create(mona, "k");
    expect(again.id).not.toBe(id);
    expect(await titles()).toEqual(["keyed"]);
  });

  it("that is missing makes a session each", async () => {
    await Promise.all([create(mona), create(mona)]);
    expect(await titles()).toEqual(["keyed", "keyed"]);
  });
});

describe("the list", () => {
  it("pages through every session once, newest activity first, also where times are equal", async () => {
    const ids = await Promise.all(Array.from({ length: 25 }, async (_, n) => (await named(`s${n}`)).id));
    const time = (n: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, Math.floor(n / 10)));
    await Promise.all(
      ids.map((id, n) =>
        database.db.copilotSession.update({ where: { id }, data: { lastActivityAt: time(n) } }),
      ),
    );
    const seen: { id: string; at: number }[] = [];
    let cursor: string | null = null;
    do {
      const page = await list({ limit: 7, cursor });
      seen.push(...page.items.map((item) => ({ id: item.id, at: item.lastActivityAt.getTime() })));
      cursor = page.nextCursor;
    } while (cursor);
    expect(seen.map(({ id }) => id).sort()).toEqual([...ids].sort());
    expect(seen).toEqual([...seen].sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1)));
  });

  it("has no next page exactly where there is none", async () => {
    await Promise.all([named("a"), named("b")]);
    expect((await list({ limit: 2 })).nextCursor).toBeNull();
    expect((await list({ limit: 1 })).nextCursor).not.toBeNull();
    expect(await titles({ limit: 100 })).toHaveLength(2);
  });

  it.each(["x", "%", Buffer.from(`2026-01-01T00:00:00.000Z ${"-".repeat(36)}`).toString("base64url")])(
    "refuses the cursor %j",
    async (cursor) => {
      await expect(list({ cursor })).rejects.toMatchObject({ code: "invalid_input" });
    },
  );

  it("finds a title by any part of it, and takes no character for a wildcard", async () => {
    await Promise.all(
      ["50% off", "500 off", "a_b", "axb", "C:\\dir", "C:dir", "Ärger im ÖPNV", 'say "hi"'].map(named),
    );
    expect(await titles({ query: "50%" })).toEqual(["50% off"]);
    expect(await titles({ query: "a_b" })).toEqual(["a_b"]);
    expect(await titles({ query: "C:\\" })).toEqual(["C:\\dir"]);
    expect(await titles({ query: "OFF" })).toHaveLength(2);
    expect(await titles({ query: "ärger im ö" })).toEqual(["Ärger im ÖPNV"]);
    expect(await titles({ query: '"hi"' })).toEqual(['say "hi"']);
    expect(await titles({ query: "'; DROP TABLE" })).toEqual([]);
  });

  it("shows archived sessions apart", async () => {
    const { id } = await named("old");
    await named("new");
    await app.sessions.update(mona, { sessionId: id, archived: true });
    expect([await titles(), await titles({ archived: true })]).toEqual([["new"], ["old"]]);
    await app.sessions.update(mona, { sessionId: id, archived: false });
    expect((await titles()).sort()).toEqual(["new", "old"]);
  });

  it("is each person's own", async () => {
    const hubot = await createActor(database);
    await app.sessions.create(hubot, { title: "hubot's" });
    expect(await titles({ query: "hubot" })).toEqual([]);
  });

  it("tells which turn is active", async () => {
    const { id: sessionId } = await named("busy");
    pool.first.autoAnswer = false;
    const send = { sessionId, prompt: "x", idempotencyKey: randomUUID() };
    const { turnId } = await app.turns.send(mona, send);
    const prompted = await pool.first.prompted();
    pool.first.autoAnswer = true;
    expect((await list()).items[0]?.activeTurn).toEqual({ turnId, status: "running" });
    prompted.answer(["done"]);
    await watchUntil({ process: app, actor: mona, sessionId }, hasEnded(turnId));
    expect((await list()).items[0]?.activeTurn).toBeNull();
  });
});

describe("a change", () => {
  it("is stored and told to whoever watches, in one step", async () => {
    const { id: sessionId } = await named("before");
    const watching = watchUntil({ process: app, actor: mona, sessionId }, (events) => events.length === 2);
    await app.sessions.update(mona, { sessionId, title: "after", model: "beta" });
    const archived = await app.sessions.update(mona, { sessionId, archived: true });
    expect(archived).toMatchObject({ title: "after", model: "beta", archived: true, lastSeq: 2 });
    expect((await watching).map((event) => event.data)).toEqual([
      { title: "after", model: "beta" },
      { archived: true },
    ]);
  });

  it("of nothing changes nothing", async () => {
    const { id: sessionId } = await named("same");
    expect(await app.sessions.update(mona, { sessionId })).toMatchObject({ title: "same", lastSeq: 0 });
  });

  it("keeps a person's title when the first prompt comes", async () => {
    const session = await app.sessions.create(mona, {});
    await app.sessions.update(mona, { sessionId: session.id, title: "mine" });
    const send = { sessionId: session.id, prompt: "other words", idempotencyKey: "k" };
    const { turnId } = await app.turns.send(mona, send);
    await watchUntil({ process: app, actor: mona, sessionId: session.id }, hasEnded(turnId));
    expect((await app.sessions.get(mona, session.id)).title).toBe("mine");
  });
});

describe("the events of a session", () => {
  it("come in pages that add up to the log", async () => {
    const { id: sessionId } = await named("0");
    for (let n = 1; n <= 7; n++) await app.sessions.update(mona, { sessionId, title: `${n}` });
    const seqs: number[] = [];
    for (;;) {
      const page = await app.sessions.events(mona, { sessionId, afterSeq: seqs.at(-1) ?? 0, limit: 3 });
      seqs.push(...page.events.map((event) => event.seq));
      if (seqs.at(-1) === page.lastSeq) break;
    }
    expect(seqs).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });
});

describe("a deleted session", () => {
  async function conversation(): Promise<string> {
    const { id: sessionId } = await named("to go");
    const { turnId } = await app.turns.send(mona, { sessionId, prompt: "x", idempotencyKey: "k" });
    await watchUntil({ process: app, actor: mona, sessionId }, hasEnded(turnId));
    return sessionId;
  }
  const tombstones = (sessionId: string) => database.db.sessionTombstone.count({ where: { sessionId } });

  it("is gone at once, with everything in it, and its files follow", async () => {
    const sessionId = await conversation();
    await app.sessions.delete(mona, sessionId);
    expect(await titles()).toEqual([]);
    await expect(app.sessions.get(mona, sessionId)).rejects.toMatchObject({ code: "session_not_found" });
    await expect(app.sessions.delete(mona, sessionId)).rejects.toMatchObject({ code: "session_not_found" });
    const lines = await database.db.auditEvent.findMany({ where: { targetId: sessionId } });
    expect(lines).toMatchObject([{ action: "session.deleted", actorId: mona.ownerId, result: "ok" }]);
    for (const count of [
      database.db.event.count({ where: { sessionId } }),
      database.db.turn.count({ where: { sessionId } }),
      database.db.sessionHead.count({ where: { sessionId } }),
    ])
      expect(await count).toBe(0);
    app.clock.jump(JANITOR_EVERY_MS);
    await eventually(() => tombstones(sessionId)).toBe(0);
    expect(pool.first.disk.has(sessionId)).toBe(false);
  });

  it("that never reached a server leaves nothing to remove", async () => {
    const { id } = await named("empty");
    await app.sessions.delete(mona, id);
    expect(await tombstones(id)).toBe(0);
  });

  it("has its files removed later where that failed, and by no one else meanwhile", async () => {
    const sessionId = await conversation();
    pool.first.refuse("deleteSession", new CopilotError("cli_server_lost", "x"));
    await app.sessions.delete(mona, sessionId);
    const attempts = async () =>
      (await database.db.sessionTombstone.findUnique({ where: { sessionId } }))?.attempts ?? 0;
    const janitorComes = async () => {
      app.clock.jump(JANITOR_EVERY_MS);
      return attempts();
    };
    await eventually(janitorComes).toBe(1);
    await janitorComes();
    expect(pool.first.disk.has(sessionId)).toBe(true);
    await database.db.sessionTombstone.update({ where: { sessionId }, data: { retryAt: new Date(0) } });
    await eventually(janitorComes).toBe(0);
    expect(pool.first.disk.has(sessionId)).toBe(false);
  });

  it("and many others have their files removed without a wait for the next look", async () => {
    const cliServer = pool.first.id;
    const sessionIds = Array.from({ length: 3 * JANITOR_BATCH_ROWS }, () => randomUUID());
    for (const sessionId of sessionIds) pool.first.disk.add(sessionId);
    await database.db.sessionTombstone.createMany({
      data: sessionIds.map((sessionId) => ({ sessionId, cliServer })),
    });
    const left = () => sessionIds.filter((sessionId) => pool.first.disk.has(sessionId)).length;
    // The clock is not moved again, so all but the first batch come without it.
    app.clock.jump(JANITOR_EVERY_MS);
    await eventually(left).toBe(0);
  });

  it("deleted under appends from two processes blocks nobody", async () => {
    for (let round = 0; round < 5; round++) {
      const { id: sessionId } = await named("contended");
      const rename = (n: number) => app.sessions.update(mona, { sessionId, title: `t${n}` });
      const results = await Promise.allSettled([
        rename(1),
        rename(2),
        app.turns.send(mona, { sessionId, prompt: "x", idempotencyKey: "k" }),
        app.sessions.delete(mona, sessionId),
        rename(3),
      ]);
      const failures = results.flatMap((result) =>
        result.status === "rejected" ? [result.reason.code] : [],
      );
      expect(failures.filter((code) => code !== "session_not_found")).toEqual([]);
      await expect(app.sessions.get(mona, sessionId)).rejects.toMatchObject({ code: "session_not_found" });
    }
  });
});
