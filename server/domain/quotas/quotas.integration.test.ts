import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ErrorCode } from "@/lib/errors/table";
import type { Actor } from "@/server/platform/scope";
import { createFakePool, type FakePool } from "@/tests/fakes/copilot-pool";
import { createTestDatabase, type TestDatabase } from "@/tests/support/database";
import { createActor, eventually, startTestProcess, type TestProcess } from "@/tests/support/process";
import { NO_LISTS, servicesOf } from "@/tests/support/services";
import type { Quotas } from "./types";

const QUOTA = { perPerson: 10, perToken: 4 };
/** How many ask at the same moment, in turns in one process and in the other. */
const MANY = 40;

let database: TestDatabase;
let pool: FakePool;
let processes: TestProcess[];
let quotas: Quotas[];
let mona: Actor;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.[Symbol.asyncDispose]());
beforeEach(async () => {
  pool = createFakePool();
  pool.first.autoAnswer = false;
  const options = {
    storedSessions: QUOTA,
    limits: { turnsPerPerson: 2, queuedPerPerson: 8, turnsPerToken: 4 },
  };
  processes = [startTestProcess(database, pool, options), startTestProcess(database, pool, options)];
  await Promise.all(processes.map((process) => process.known(1)));
  quotas = processes.map(
    (process) => servicesOf(process, NO_LISTS, { requests: QUOTA, streams: QUOTA }).quotas,
  );
  mona = await createActor(database);
});
afterEach(async () => {
  for (const process of processes) await process[Symbol.asyncDispose]();
});

/** The same person, calling with an API token. */
const withToken = (actor: Actor, id = randomUUID()): Actor => ({
  ...actor,
  token: { id, name: "t", scopes: [], expiresAt: null },
});

type Refusal = { code: ErrorCode; details: Record<string, string> };

/** What becomes of so many calls at the same moment. */
async function atOnce<Item, Result>(
  items: readonly Item[],
  count: number,
  call: (item: Item) => Promise<Result>,
) {
  const calls = Array.from({ length: count }, (_, index) => call(items[index % items.length] as Item));
  const settled = await Promise.allSettled(calls);
  return {
    done: settled.flatMap((each) => (each.status === "fulfilled" ? [each.value] : [])),
    refusals: settled.flatMap((each) => (each.status === "rejected" ? [each.reason as Refusal] : [])),
  };
}

/** Every refusal says which quota it was, whose, and when to come back. */
function expectOf(refusals: Refusal[], count: number, code: ErrorCode, of: "person" | "token"): void {
  expect(refusals).toHaveLength(count);
  const limit = String(of === "person" ? QUOTA.perPerson : QUOTA.perToken);
  for (const refusal of refusals) {
    expect(refusal).toMatchObject({ code, details: { of, limit } });
    expect(Number(refusal.details.retryAfterSeconds)).toBeGreaterThanOrEqual(1);
    expect(Number(refusal.details.retryAfterSeconds)).toBeLessThanOrEqual(60);
  }
}

describe("requests", () => {
  const ask = (actor: Actor, count = MANY) => atOnce(quotas, count, (each) => each.countRequest(actor));

  it("of a person go through as often as they may, over all processes", async () => {
    const { done, refusals } = await ask(mona);
    expect(done).toHaveLength(QUOTA.perPerson);
    expectOf(refusals, MANY - QUOTA.perPerson, "too_many_requests", "person");
    const other = await ask(await createActor(database), 1);
    expect(other.done).toHaveLength(1);
  });

  it("with a token go through as often as it may, and leave its person the rest", async () => {
    const { done, refusals } = await ask(withToken(mona));
    expect(done).toHaveLength(QUOTA.perToken);
    expectOf(refusals, MANY - QUOTA.perToken, "too_many_requests", "token");
    const rest = await ask(mona);
    expect(rest.done).toHaveLength(QUOTA.perPerson - QUOTA.perToken);
    expectOf((await ask(withToken(mona), 1)).refusals, 1, "too_many_requests", "person");
  });

  it("are counted anew after a minute", async () => {
    await ask(mona);
    await database.db.requestCount.update({
      where: { callerId: mona.ownerId },
      data: { endsAt: new Date() },
    });
    expect((await ask(mona)).done).toHaveLength(QUOTA.perPerson);
  });
});

describe("streams", () => {
  const open = (actor: Actor, count = MANY) => atOnce(quotas, count, (each) => each.openStream(actor));
  const isRoom = async () => {
    const { done } = await open(mona, 1);
    for (const close of done) close();
    return done.length > 0;
  };

  it("of a person are open as many as they may, over all processes; one that ends makes room", async () => {
    const { done, refusals } = await open(mona);
    expect(done).toHaveLength(QUOTA.perPerson);
    expectOf(refusals, MANY - QUOTA.perPerson, "too_many_streams", "person");
    const [close] = done;
    close?.();
    close?.();
    await eventually(isRoom).toBe(true);
  });

  it("with a token are open as many as it may", async () => {
    const { done, refusals } = await open(withToken(mona));
    expect(done).toHaveLength(QUOTA.perToken);
    expectOf(refusals, MANY - QUOTA.perToken, "too_many_streams", "token");
    expect((await open(mona)).done).toHaveLength(QUOTA.perPerson - QUOTA.perToken);
  });

  it("of a process that is gone take no room", async () => {
    await atOnce(quotas.slice(0, 1), QUOTA.perPerson, (each) => each.openStream(mona));
    const here = quotas.slice(1);
    const again = () => atOnce(here, 1, (each) => each.openStream(mona));
    expectOf((await again()).refusals, 1, "too_many_streams", "person");
    await processes[0]?.vanish();
    await eventually(async () => (await again()).done.length).toBe(1);
    expect(await database.db.openStream.count({ where: { ownerId: mona.ownerId } })).toBe(1);
  });
});

describe("stored sessions", () => {
  const make = (actor: Actor, count = MANY, input = {}) =>
    atOnce(processes, count, ({ sessions }) => sessions.create(actor, input));

  it("of a person are made as many as they may have, over all processes; one that is deleted makes room", async () => {
    const { done, refusals } = await make(mona);
    expect(done).toHaveLength(QUOTA.perPerson);
    expectOf(refusals, MANY - QUOTA.perPerson, "too_many_sessions", "person");
    await processes[0]?.sessions.delete(mona, done[0]?.id ?? "");
    expect((await make(mona, 2)).done).toHaveLength(1);
  });

  it("with a token are made as many as it may have", async () => {
    const { done, refusals } = await make(withToken(mona));
    expect(done).toHaveLength(QUOTA.perToken);
    expectOf(refusals, MANY - QUOTA.perToken, "too_many_sessions", "token");
    expect((await make(mona)).done).toHaveLength(QUOTA.perPerson - QUOTA.perToken);
  });

  it("that are there already are answered as ever", async () => {
    const [first] = (await make(mona, 1, { idempotencyKey: "k" })).done;
    await make(mona);
    const { done } = await make(mona, 2, { idempotencyKey: "k" });
    expect(done.map(({ id }) => id)).toEqual([first?.id, first?.id]);
  });
});

describe("turns", () => {
  /** Sends a prompt in each of so many sessions, at the same moment. */
  async function send(actor: Actor, sessionIds: string[]) {
    const asked = sessionIds.map((sessionId, index) => ({
      sessionId,
      app: processes[index % 2] as TestProcess,
    }));
    return atOnce(asked, asked.length, ({ sessionId, app }) =>
      app.turns.send(actor, { sessionId, prompt: "x", idempotencyKey: "k" }),
    );
  }
  const makeSessions = async (count: number) =>
    (await atOnce(processes, count, ({ sessions }) => sessions.create(mona, {}))).done.map(({ id }) => id);

  it("with a token run and wait as many as may, and leave its person the rest", async () => {
    const ids = await makeSessions(QUOTA.perPerson);
    const { done, refusals } = await send(withToken(mona), ids);
    expect(done).toHaveLength(QUOTA.perToken);
    expectOf(refusals, QUOTA.perPerson - QUOTA.perToken, "too_many_turns", "token");
    const busy = new Set(
      (await database.db.turn.findMany({ where: { sessionId: { in: ids } } })).map((turn) => turn.sessionId),
    );
    expect(
      (
        await send(
          mona,
          ids.filter((id) => !busy.has(id)),
        )
      ).done,
    ).toHaveLength(QUOTA.perPerson - QUOTA.perToken);
  });

  it("of a person run and wait as many as may, over all processes", async () => {
    const hubot = await createActor(database);
    const more = QUOTA.perPerson + 4;
    const rows = Array.from({ length: more }, () => ({
      id: randomUUID(),
      ownerId: hubot.ownerId,
      title: "x",
    }));
    await database.db.copilotSession.createMany({ data: rows });
    await database.db.sessionHead.createMany({ data: rows.map(({ id }) => ({ sessionId: id })) });
    const { done, refusals } = await send(
      hubot,
      rows.map(({ id }) => id),
    );
    expect(done).toHaveLength(QUOTA.perPerson);
    expectOf(refusals, 4, "too_many_turns", "person");
  });
});
