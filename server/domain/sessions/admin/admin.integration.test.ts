import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  type AdminSessionFilter,
  type AdminSessionState,
  COUNTED_MAX,
  ExportSessionsInput,
  ListAdminSessionsInput,
} from "@/lib/contracts/admin-sessions";
import type { Actor } from "@/server/platform/scope";
import { createFakePool } from "@/tests/fakes/copilot-pool";
import { createTestDatabase, type TestDatabase } from "@/tests/support/database";
import { createActor, eventually, startTestProcess, type TestProcess } from "@/tests/support/process";
import { READ_AGAIN_MS } from "./tunables";

let database: TestDatabase;
let app: TestProcess;
let closed: TestProcess;
let boss: Actor;
let mona: Actor;

beforeAll(async () => {
  database = await createTestDatabase();
  app = startTestProcess(database, createFakePool("cli-1", "cli-2"));
  closed = startTestProcess(database, createFakePool(), { role: "web", transcripts: "closed" });
});
afterAll(async () => {
  await app?.[Symbol.asyncDispose]();
  await closed?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await database.db.user.deleteMany();
  await database.db.retentionHold.deleteMany();
  [boss, mona] = [await createActor(database, `boss-${randomUUID()}`), await createActor(database, "Mona")];
});

type Made = {
  title?: string;
  owner?: Actor;
  state?: AdminSessionState;
  model?: string;
  server?: string;
  createdAt?: Date;
  lastActivityAt?: Date;
};

async function make({ title = "t", owner = mona, state = "idle", model, server, ...at }: Made = {}) {
  const { id } = await app.sessions.create(owner, { title, ...(model && { model }) });
  const archivedAt = state === "archived" ? new Date() : null;
  await database.db.copilotSession.update({ where: { id }, data: { archivedAt, ...at } });
  await database.db.sessionHead.update({
    where: { sessionId: id },
    // Somebody holds it, so that this process does not run what is only a row.
    data: {
      cliServer: server ?? null,
      leaseOwner: "somebody",
      leaseExpiresAt: new Date(Date.now() + 3_600_000),
    },
  });
  if (state === "running" || state === "queued") await addTurn(id, state);
  return id;
}

const addTurn = (sessionId: string, status: "running" | "queued" | "failed", code: string | null = null) =>
  database.db.turn.create({
    data: {
      ...{ sessionId, status, code, seq: 1, prompt: "four", idempotencyKey: randomUUID() },
      endedAt: status === "failed" ? new Date() : null,
    },
  });

const list = (input: Partial<ListAdminSessionsInput> = {}) =>
  app.administration.list(ListAdminSessionsInput.parse(input));
const idsOf = async (input: Partial<ListAdminSessionsInput> = {}) =>
  (await list(input)).items.map(({ id }) => id);
const audited = async (
  action: "session.read" | "sessions.exported" | "session.archived" | "session.deleted",
) => database.db.auditEvent.findMany({ where: { action, actorId: boss.ownerId }, orderBy: { seq: "asc" } });

describe("the list of everybody's sessions", () => {
  it("has of each what an administrator looks for", async () => {
    const id = await make({ title: "about invoices", state: "running", model: "alpha", server: "cli-2" });
    await addTurn(id, "failed", "timed_out");
    await database.db.retentionHold.create({
      data: { targetType: "person", targetId: mona.ownerId, reason: "law", heldBy: "boss" },
    });
    const { items, total } = await list();
    expect(total).toBe(1);
    expect(items).toMatchObject([
      {
        ...{ id, title: "about invoices", state: "running", model: "alpha", server: "cli-2", turns: 2 },
        ...{ owner: { id: mona.ownerId, login: "Mona" }, heldBy: "somebody", onHold: true, moveTo: null },
      },
    ]);
  });

  it("names nobody as the holder of a lease that has run out", async () => {
    const id = await make();
    await database.db.sessionHead.update({ where: { sessionId: id }, data: { leaseExpiresAt: new Date(0) } });
    expect((await list()).items).toMatchObject([{ heldBy: null }]);
  });

  const YEAR = new Date("2020-01-01T00:00:00Z");
  const hubotHas = async (made: Made) => make({ ...made, owner: await createActor(database, "hubot") });
  const CASES: [string, Made & { by?: "hubot" }, AdminSessionFilter][] = [
    ["words in any order, in any case", { title: "Pay the Invoice" }, { query: "INVO pay" }],
    ["a short word where a word begins", { title: "Fix UI" }, { query: "ui" }],
    ["wildcards as they are", { title: "50%_off" }, { query: "50%_o" }],
    ["the beginning of a login, in any case", { by: "hubot" }, { owner: "HUB" }],
    ["a running turn", { state: "running" }, { state: "running" }],
    ["a queued turn", { state: "queued" }, { state: "queued" }],
    ["the archive", { state: "archived" }, { state: "archived" }],
    ["the model", { model: "alpha" }, { model: "alpha" }],
    ["the server", { server: "cli-2" }, { server: "cli-2" }],
    ["when it was made", { createdAt: YEAR }, { createdTo: new Date("2021-01-01") }],
    [
      "when it was used",
      { lastActivityAt: YEAR },
      { activeFrom: YEAR, activeTo: new Date(YEAR.getTime() + 1) },
    ],
  ];
  it.each(CASES)("finds sessions by %s", async (_, { by, ...made }, filter) => {
    await make({ title: "build 50 of", state: "idle", server: "cli-1", model: "beta" });
    const wanted = by ? await hubotHas(made) : await make(made);
    expect(await idsOf(filter)).toEqual([wanted]);
    expect((await list(filter)).total).toBe(1);
  });

  it("says of idle ones only those that have nothing to do and are not archived", async () => {
    for (const state of ["running", "queued", "archived"] as const) await make({ state });
    const idle = await make();
    expect(await idsOf({ state: "idle" })).toEqual([idle]);
  });

  it("a page on and a page back give every session once and in order, whatever the order", async () => {
    const times = [1, 2, 2, 2, 3, 4, 4].map((hours) => new Date(hours * 3_600_000));
    for (const at of times) await make({ lastActivityAt: at, createdAt: at });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("lastActivityAt" as const, "createdAt" as const),
        fc.boolean(),
        fc.integer({ min: 1, max: 8 }),
        async (sort, descending, limit) => {
          const order = { sort, descending };
          const all = await idsOf(order);
          expect(all).toHaveLength(times.length);
          const pages = [];
          let page = await list({ ...order, limit });
          expect(page.previousCursor).toBeNull();
          for (;;) {
            pages.push(page.items.map(({ id }) => id));
            if (page.nextCursor === null) break;
            page = await list({ ...order, limit, after: page.nextCursor });
          }
          expect(pages.flat()).toEqual(all);
          for (let back = pages.length - 2; back >= 0; back -= 1) {
            page = await list({ ...order, limit, before: page.previousCursor ?? "" });
            expect(page.items.map(({ id }) => id)).toEqual(pages[back]);
          }
          expect(page.previousCursor).toBeNull();
          const asked = await list({ ...order, descending: !descending });
          expect(asked.items.map(({ id }) => id)).toEqual(all.toReversed());
        },
      ),
      { numRuns: 20 },
    );
  });

  it("refuses a cursor of another order, one that it did not make, and two at once", async () => {
    await make();
    await make();
    const after = (await list({ limit: 1 })).nextCursor ?? "";
    const bad = { code: "invalid_input" };
    await expect(list({ after, sort: "createdAt" })).rejects.toMatchObject(bad);
    await expect(list({ after, descending: false })).rejects.toMatchObject(bad);
    await expect(list({ after: "x" })).rejects.toMatchObject(bad);
    await expect(list({ after, before: after })).rejects.toMatchObject(bad);
  });

  it("a page that was emptied meanwhile leads back", async () => {
    const [one, two] = [await make(), await make()];
    const { nextCursor } = await list({ limit: 1 });
    await app.administration.delete(boss, one);
    await app.administration.delete(boss, two);
    const three = await make();
    const empty = await list({ limit: 1, after: nextCursor ?? "" });
    expect(empty.items).toEqual([]);
    expect(await idsOf({ before: empty.previousCursor ?? "" })).toEqual([three]);
  });

  it("more than can be counted are in order all the same, with and without a filter", async () => {
    await database.db.$executeRaw`
      WITH made AS (
        INSERT INTO "CopilotSession" ("id", "ownerId", "title", "lastActivityAt")
        SELECT gen_random_uuid(), ${mona.ownerId}::uuid, 'many of them ' || n, now() - n * interval '1 minute'
        FROM generate_series(1, ${COUNTED_MAX + 200}::int) n RETURNING "id")
      INSERT INTO "SessionHead" ("sessionId") SELECT "id" FROM made`;
    for (const filter of [{}, { query: "many" }]) {
      const first = await list({ ...filter, limit: 2 });
      expect(first.total).toBe(COUNTED_MAX);
      expect(first.items.map(({ title }) => title)).toEqual(["many of them 1", "many of them 2"]);
      const next = await list({ ...filter, limit: 2, after: first.nextCursor ?? "" });
      expect(next.items.map(({ title }) => title)).toEqual(["many of them 3", "many of them 4"]);
    }
  });
});

describe("an export", () => {
  it("gives every row, and is noted once, without the words that were looked for", async () => {
    await database.db.$executeRaw`
      WITH made AS (
        INSERT INTO "CopilotSession" ("id", "ownerId", "title")
        SELECT gen_random_uuid(), ${mona.ownerId}::uuid, 'secret plan' FROM generate_series(1, 2100) n RETURNING "id")
      INSERT INTO "SessionHead" ("sessionId") SELECT "id" FROM made`;
    const ids = new Set<string>();
    let after: string | undefined;
    let calls = 0;
    do {
      const input = ExportSessionsInput.parse({ query: "secret", model: undefined, after });
      const page = await app.administration.export(boss, input);
      for (const { id } of page.items) ids.add(id);
      after = page.nextCursor ?? undefined;
      calls += 1;
    } while (after !== undefined);
    expect([ids.size, calls]).toEqual([2_100, 3]);
    const lines = await audited("sessions.exported");
    expect(lines).toHaveLength(1);
    expect(JSON.stringify(lines)).not.toContain("secret");
  });
});

describe("the details of a session", () => {
  it("are its row, turns without their words, lease, sizes, errors and hold", async () => {
    const id = await make({ server: "cli-2" });
    await addTurn(id, "failed", "timed_out");
    await app.sessions.update(mona, { sessionId: id, title: "ü" });
    await database.db.retentionHold.createMany({
      data: [
        { targetType: "person", targetId: mona.ownerId, reason: "person", heldBy: "boss" },
        { targetType: "session", targetId: id, reason: "session", heldBy: "boss" },
      ],
    });
    const details = await app.administration.get(id);
    expect(details).toMatchObject({
      session: { id, title: "ü", onHold: true },
      turns: [{ status: "failed", code: "timed_out", promptChars: 4 }],
      lease: { fence: 0, owner: "somebody", standby: null },
      ...{ cliSession: id, memoryFromSeq: null, transcripts: "with-reason" },
      // {"title": "ü"}
      ...{ bytes: 15, events: [{ type: "session.updated", count: 1, bytes: 15 }] },
      errors: [{ code: "timed_out", count: 1 }],
      hold: { reason: "session", by: "boss" },
    });
    expect(JSON.stringify(details)).not.toContain("four");
  });

  it("of a session that is not there are not_found, as is every act on it", async () => {
    const id = randomUUID();
    const { administration } = app;
    const notFound = { code: "session_not_found" };
    await expect(administration.get(id)).rejects.toMatchObject(notFound);
    await expect(administration.detach(boss, id)).rejects.toMatchObject(notFound);
    await expect(administration.move(boss, id, "cli-1")).rejects.toMatchObject(notFound);
    await expect(administration.archive(boss, id)).rejects.toMatchObject(notFound);
    await expect(administration.delete(boss, id)).rejects.toMatchObject(notFound);
    const read = { sessionId: id, reason: "to look at it", afterSeq: 0 };
    await expect(administration.transcript(boss, read)).rejects.toMatchObject(notFound);
    expect(await database.db.auditEvent.count({ where: { targetId: id } })).toBe(0);
  });
});

describe("archiving and deleting", () => {
  it("archives once, and the owner sees it", async () => {
    const id = await make();
    await app.administration.archive(boss, id);
    await app.administration.archive(boss, id);
    expect(await app.sessions.get(mona, id)).toMatchObject({ archived: true, lastSeq: 1 });
    expect(await audited("session.archived")).toMatchObject([
      { targetId: id, details: { owner: "Mona" }, result: "ok" },
    ]);
  });

  it("does not delete what is on hold, before the hold is lifted", async () => {
    const { id } = await app.sessions.create(mona, {});
    const hold = { reason: "an investigation", heldBy: "boss" };
    for (const target of [
      { targetType: "session", targetId: id },
      { targetType: "person", targetId: mona.ownerId },
    ] as const) {
      await database.db.retentionHold.create({ data: { ...hold, ...target } });
      await expect(app.administration.delete(boss, id)).rejects.toMatchObject({ code: "session_on_hold" });
      await database.db.retentionHold.deleteMany();
    }
    await app.administration.delete(boss, id);
    await expect(app.sessions.get(mona, id)).rejects.toMatchObject({ code: "session_not_found" });
    expect(await audited("session.deleted")).toHaveLength(1);
  });

  it("deletes rows and files, and says who did it and whose it was", async () => {
    const id = await make({ server: "cli-1" });
    await app.administration.delete(boss, id);
    await expect(app.sessions.get(mona, id)).rejects.toMatchObject({ code: "session_not_found" });
    expect(await database.db.sessionTombstone.count({ where: { sessionId: id } })).toBeLessThanOrEqual(1);
    expect(await audited("session.deleted")).toMatchObject([{ targetId: id, details: { owner: "Mona" } }]);
  });
});

describe("reading a conversation", () => {
  const reason = "a customer asked about it";
  const eventsOf = async (sessionId: string) =>
    (await app.sessions.events(mona, { sessionId, afterSeq: 0, limit: 1_000 })).events;

  it("is noted in the audit log and in the conversation before anything is given", async () => {
    const id = await make();
    await app.sessions.update(mona, { sessionId: id, title: "first" });
    const { events, lastSeq } = await app.administration.transcript(boss, {
      ...{ sessionId: id, reason, afterSeq: 0 },
    });
    expect(events.map(({ type }) => type)).toEqual(["session.updated", "session.read"]);
    expect(lastSeq).toBe(2);
    expect((await eventsOf(id)).at(-1)).toMatchObject({
      type: "session.read",
      data: { by: boss.login, reason },
    });
    expect(await audited("session.read")).toMatchObject([
      { targetId: id, details: { owner: "Mona", reason } },
    ]);
  });

  it("is noted again for another reason, another reader, and after a while, but not for each page", async () => {
    const id = await make();
    const read = (actor: Actor, why = reason) =>
      app.administration.transcript(actor, { sessionId: id, reason: why, afterSeq: 0 });
    const reads = async () => (await eventsOf(id)).length;
    await read(boss);
    await read(boss);
    expect(await reads()).toBe(1);
    await read(boss, "something else altogether");
    expect(await reads()).toBe(2);
    await read(await createActor(database));
    expect(await reads()).toBe(3);
    app.clock.jump(READ_AGAIN_MS);
    await read(boss);
    expect(await reads()).toBe(4);
  });

  it("that cannot be noted gives nothing", async () => {
    const id = await make();
    await database.db.$executeRaw`
      CREATE FUNCTION refuse_reads() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN IF NEW."action" = 'session.read' THEN RAISE EXCEPTION 'the log is full'; END IF; RETURN NEW; END $$`;
    await database.db
      .$executeRaw`CREATE TRIGGER refuse BEFORE INSERT ON "AuditEvent" FOR EACH ROW EXECUTE FUNCTION refuse_reads()`;
    const read = app.administration.transcript(boss, { sessionId: id, reason, afterSeq: 0 });
    await expect(read).rejects.toThrow("the log is full");
    expect(await eventsOf(id)).toEqual([]);
    await database.db.$executeRaw`DROP TRIGGER refuse ON "AuditEvent"`;
  });

  it("is refused where the operator has not opened conversations, and the attempt is noted", async () => {
    const id = await make();
    const read = closed.administration.transcript(boss, { sessionId: id, reason, afterSeq: 0 });
    await expect(read).rejects.toMatchObject({ code: "transcripts_closed" });
    expect(await eventsOf(id)).toEqual([]);
    await eventually(() => audited("session.read")).toMatchObject([
      { targetId: id, result: "refused", code: "transcripts_closed" },
    ]);
  });
});
