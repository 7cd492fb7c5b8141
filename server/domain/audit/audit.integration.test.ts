import { Client } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { AuditEvent, AuditExportPage, ExportAuditInput } from "@/lib/contracts/audit";
import { migrate } from "@/server/db/migrate";
import type { Actor, OwnerId } from "@/server/platform/scope";
import { createManualClock } from "@/tests/fakes/clock";
import { auditOf, createTestDatabase, emptyDatabase, type TestDatabase } from "@/tests/support/database";
import { REFUSAL_AGAIN_MS } from "./tunables";
import type { Audit, AuditEntry } from "./types";

const mona: Actor = {
  ...{ kind: "user", login: "mona", role: "admin", address: "192.0.2.1", token: null },
  ownerId: "00000000-0000-7000-8000-000000000001" as OwnerId,
};
const signIn: AuditEntry = { action: "sign_in", actor: mona };
const everything = { limit: 100 };

let database: TestDatabase;
let audit: Audit;

beforeEach(async () => {
  database = await createTestDatabase();
  audit = auditOf(database.db);
});
afterEach(() => database?.[Symbol.asyncDispose]());

/** Changes stored events as somebody with every right on the database can. */
const tamper = (sql: string) =>
  database.db.$transaction([
    database.db.$executeRawUnsafe(`SET LOCAL session_replication_role = replica`),
    database.db.$executeRawUnsafe(sql),
  ]);

describe("the audit log", () => {
  it("tells who did what, to what, when, from where, with what result, newest first", async () => {
    const before = Date.now();
    await audit.record({
      ...{ action: "person.role_changed", actor: mona },
      target: { type: "person", id: "p", name: "hubot" },
      details: { from: "user", to: "auditor" },
    });
    await audit.record({
      ...{ action: "sign_in_refused", actor: null, address: "2001:db8::1" },
      ...{ target: { type: "person", id: "evil" }, result: "refused", code: "not_on_list" },
    });
    const { items, nextCursor } = await audit.list(everything);
    expect(items).toMatchObject([
      {
        ...{ seq: 2, actor: null, address: "2001:db8::1", action: "sign_in_refused" },
        ...{ result: "refused", code: "not_on_list" },
        target: { type: "person", id: "evil", name: null },
      },
      {
        ...{
          seq: 1,
          actor: { id: mona.ownerId, name: "mona" },
          address: "192.0.2.1",
          result: "ok",
          code: null,
        },
        ...{ target: { type: "person", id: "p", name: "hubot" }, details: { from: "user", to: "auditor" } },
      },
    ]);
    expect(items[0]?.at.getTime()).toBeGreaterThanOrEqual(before - 1_000);
    expect(nextCursor).toBeNull();
  });

  it("is found by person, action, target, result and time, page by page", async () => {
    const hubot = { ...mona, login: "hubot" };
    for (const actor of [mona, hubot, mona, hubot, mona]) await audit.record({ ...signIn, actor });
    const target = { type: "session" as const, id: "s" };
    await audit.record({
      action: "session.deleted",
      actor: mona,
      target,
      result: "failed",
      code: "internal",
    });
    const seqs = async (filter: Parameters<Audit["list"]>[0]) =>
      (await audit.list(filter)).items.map(({ seq }) => seq);
    expect(await seqs({ ...everything, person: "HUB" })).toEqual([4, 2]);
    expect(await seqs({ ...everything, person: "%" })).toEqual([]);
    expect(await seqs({ ...everything, actions: ["session.deleted"] })).toEqual([6]);
    expect(await seqs({ ...everything, target: "s" })).toEqual([6]);
    expect(await seqs({ ...everything, result: "failed" })).toEqual([6]);
    expect(await seqs({ ...everything, from: new Date(Date.now() + 60_000) })).toEqual([]);
    expect(await seqs({ ...everything, to: new Date(Date.now() + 60_000) })).toHaveLength(6);
    const first = await audit.list({ limit: 4 });
    expect(first.nextCursor).toBe(3);
    expect(await seqs({ limit: 4, cursor: 3 })).toEqual([2, 1]);
  });

  it("is numbered without gaps and chained, whoever writes at the same time", async () => {
    await Promise.all(Array.from({ length: 50 }, () => audit.record(signIn)));
    await database.db.$transaction([
      database.db.$executeRaw(audit.statement(signIn)),
      database.db.$executeRaw(audit.statement({ ...signIn, details: { text: "ä €\n", list: ["b", "a"] } })),
    ]);
    const { items } = await audit.list(everything);
    expect(items.map(({ seq }) => seq)).toEqual(Array.from({ length: 52 }, (_, index) => 52 - index));
    expect(await audit.verify()).toEqual({ events: 52, head: items[0]?.hash, broken: null });
  });

  it("has no event of a change that was not made", async () => {
    const failing = database.db.$transaction([
      database.db.$executeRaw(audit.statement(signIn)),
      database.db.$executeRaw`SELECT 1 / 0`,
    ]);
    await expect(failing).rejects.toThrow();
    expect(await audit.verify()).toEqual({ events: 0, head: null, broken: null });
  });

  it("has a refusal that comes again and again once a minute", async () => {
    const clock = createManualClock();
    const patient = auditOf(database.db, clock);
    const refuse = async (times: number, actor = mona, procedure = "admin.people.list") => {
      for (let n = 0; n < times; n += 1) await patient.recordRefusal(actor, procedure);
    };
    const hubot = { ...mona, ownerId: "00000000-0000-7000-8000-000000000002" as OwnerId };
    await refuse(3);
    await refuse(2, mona, "admin.people.update");
    await refuse(2, hubot);
    expect((await audit.list(everything)).items.map(({ target }) => target?.id)).toEqual([
      ...["admin.people.list", "admin.people.update", "admin.people.list"],
    ]);
    await clock.advance(REFUSAL_AGAIN_MS);
    await refuse(2);
    expect((await audit.list(everything)).items).toHaveLength(4);
  });

  it("has what is recorded once, once, whoever records it at the same moment", async () => {
    const since = new Date(Date.now() - 60_000);
    const used: AuditEntry = { action: "person.token_used", actor: mona, details: { kind: "a" } };
    const hubot = { ...mona, ownerId: "00000000-0000-7000-8000-000000000002" as OwnerId };
    const others = Array.from({ length: 8 }, () => auditOf(database.db));
    await Promise.all(others.map((each) => each.recordOnce(used, since)));
    await audit.recordOnce({ ...used, details: { kind: "b" } }, since);
    await audit.recordOnce({ ...used, actor: hubot }, since);
    expect((await audit.list(everything)).items).toHaveLength(3);
    await audit.recordOnce(used, new Date(Date.now() + 60_000));
    expect((await audit.list(everything)).items).toHaveLength(4);
  });
});

describe("an export", () => {
  /** Every page, with `between` done after each. */
  async function exported(
    filter: Partial<ExportAuditInput>,
    between: () => Promise<unknown> = async () => {},
  ): Promise<AuditEvent[]> {
    const items: AuditEvent[] = [];
    let afterSeq: number | null = 0;
    while (afterSeq !== null) {
      const page: AuditExportPage = await audit.export(mona, { limit: 2, ...filter, afterSeq });
      items.push(...page.items);
      afterSeq = page.nextAfterSeq;
      await between();
    }
    return items;
  }

  it("has all that matches, oldest first, and is an event itself, once, with its filter", async () => {
    for (let n = 0; n < 5; n += 1) await audit.record(n === 2 ? { ...signIn, action: "sign_out" } : signIn);
    expect((await exported({ actions: ["sign_in"] })).map(({ seq }) => seq)).toEqual([1, 2, 4, 5]);
    const [own, ...others] = (await audit.list({ ...everything, actions: ["audit.exported"] })).items;
    expect(own).toMatchObject({ seq: 6, details: { filter: '{"actions":["sign_in"]}' } });
    expect(others).toEqual([]);
  });

  it("misses nothing and has nothing twice while events are added", async () => {
    for (let n = 0; n < 7; n += 1) await audit.record(signIn);
    let added = 0;
    const items = await exported({}, async () => {
      if (added < 4) await Promise.all([audit.record(signIn), audit.record(signIn)]);
      added += 1;
    });
    // Seven, the export itself, and all that came before the last page.
    expect(items.map(({ seq }) => seq)).toEqual(Array.from({ length: 16 }, (_, index) => index + 1));
  });

  it("of nothing is one empty page", async () => {
    expect(await exported({ target: "nobody" })).toEqual([]);
  });
});

describe("a change of stored events", () => {
  it.each([
    ["update", `UPDATE "AuditEvent" SET "result" = 'ok'`],
    ["delete", `DELETE FROM "AuditEvent"`],
    ["truncate", `TRUNCATE "AuditEvent"`],
  ])("is refused, superuser or not: %s", async (_, sql) => {
    await audit.record(signIn);
    await expect(database.db.$executeRawUnsafe(sql)).rejects.toThrow(/only be added to/);
    expect((await audit.verify()).events).toBe(1);
  });

  it.each([
    ["a field", `UPDATE "AuditEvent" SET "actorName" = 'hubot' WHERE "seq" = 3`, 3, /changed/],
    ["a detail", `UPDATE "AuditEvent" SET "details" = '{"a": 2}' WHERE "seq" = 3`, 3, /changed/],
    ["the time", `UPDATE "AuditEvent" SET "at" = "at" + interval '1 ms' WHERE "seq" = 3`, 3, /changed/],
    [
      "a value moved to the next field",
      `UPDATE "AuditEvent" SET "address" = NULL, "code" = "address" WHERE "seq" = 3`,
      3,
      /changed/,
    ],
    ["an event taken out", `DELETE FROM "AuditEvent" WHERE "seq" = 3`, 3, /missing/],
    ["the first taken out", `DELETE FROM "AuditEvent" WHERE "seq" = 1`, 1, /missing/],
    [
      "an event replaced together with its hash",
      `UPDATE "AuditEvent" e SET "actorName" = 'hubot', "hash" = audit_hash(ROW(e."seq", e."at", e."actorId", 'hubot',
         e."address", e."action", e."targetType", e."targetId", e."targetName", e."result", e."code", e."details",
         e."previous", '')::"AuditEvent") WHERE "seq" = 3`,
      4,
      /does not follow/,
    ],
  ])("around the refusal is found: %s", async (_, sql, seq, problem) => {
    for (let n = 1; n <= 5; n += 1) await audit.record({ ...signIn, details: { a: n } });
    expect((await audit.verify()).broken).toBeNull();
    await tamper(sql);
    const { broken } = await audit.verify();
    expect(broken?.seq).toBe(seq);
    expect(broken?.problem).toMatch(problem);
  });
});

describe("the database role of the app, where it is no superuser", () => {
  let owned: Awaited<ReturnType<typeof emptyDatabase>>;
  beforeAll(async () => {
    owned = await emptyDatabase();
  });
  afterAll(() => owned?.[Symbol.asyncDispose]());

  it("has given up the rights to change events, although the table is its own", async () => {
    await migrate(owned.url, process.cwd());
    const client = new Client({ connectionString: owned.url });
    await client.connect();
    try {
      for (const sql of [
        `UPDATE "AuditEvent" SET "result" = 'ok'`,
        `DELETE FROM "AuditEvent"`,
        `TRUNCATE "AuditEvent"`,
      ]) {
        await expect(client.query(sql)).rejects.toThrow(/permission denied/);
      }
    } finally {
      await client.end();
    }
  });
});
