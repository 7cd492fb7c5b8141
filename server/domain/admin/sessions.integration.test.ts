import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { BULK_IDS_MAX } from "@/lib/contracts/bulk";
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
import { servicesOf } from "@/tests/support/services";
import type { Admin } from "./types";

let database: TestDatabase;
let pool: FakePool;
let runner: TestProcess;
let other: TestProcess;
let web: TestProcess;
let admin: Admin["sessions"];
let boss: Actor;
let mona: Actor;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createFakePool("cli-1", "cli-2");
  runner = startTestProcess(database, pool);
  other = startTestProcess(database, pool);
  web = startTestProcess(database, createFakePool("cli-1", "cli-2"), { role: "web" });
  const all = [runner, other, web];
  await vi.waitUntil(() => all.every(({ processes }) => processes.others().length === 2), {
    timeout: 20_000,
  });
  admin = servicesOf(web).admin.sessions;
});
afterAll(async () => {
  for (const process of [runner, other, web]) await process?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});
beforeEach(async () => {
  for (const server of pool.servers) server.autoAnswer = true;
  [boss, mona] = [await createActor(database), await createActor(database)];
});

const OK = (id: string) => ({ results: [{ id, ok: true }] });
const NO = (id: string, code: string) => ({ results: [expect.objectContaining({ id, ok: false, code })] });

const send = (sessionId: string, process = runner) =>
  process.turns.send(mona, { sessionId, prompt: "p", idempotencyKey: randomUUID() });
const ended = (sessionId: string, turnId: string) =>
  watchUntil({ process: runner, actor: mona, sessionId }, hasEnded(turnId));
const statusOf = async (id: string) => (await database.db.turn.findUniqueOrThrow({ where: { id } })).status;
const headOf = (sessionId: string) => database.db.sessionHead.findUniqueOrThrow({ where: { sessionId } });
/** How many processes hold the session on any CLI server. */
const places = (sessionId: string) =>
  pool.servers.reduce((sum, server) => sum + server.attachments(sessionId), 0);
const linesOf = async (id: string) =>
  (await database.db.auditEvent.findMany({ where: { targetId: id }, orderBy: { seq: "asc" } })).map(
    ({ action, actorId }) => `${action} by ${actorId === boss.ownerId ? "boss" : actorId}`,
  );

/** A session whose first turn was answered: its runner has it attached, and a standby beside. */
async function answered(): Promise<string> {
  const { id } = await runner.sessions.create(mona, {});
  const { turnId } = await send(id);
  await ended(id, turnId);
  await eventually(() => places(id)).toBe(2);
  return id;
}

/** A session whose turn is running. */
async function running() {
  for (const server of pool.servers) server.autoAnswer = false;
  const { id } = await runner.sessions.create(mona, {});
  const { turnId } = await send(id);
  const prompted = await Promise.race(pool.servers.map((server) => server.prompted()));
  return { id, turnId, prompted };
}

describe("detaching a session", () => {
  it("takes its runner's place and its standby's, and the next prompt is answered all the same", async () => {
    const id = await answered();
    expect(await admin.detach(boss, [id])).toEqual(OK(id));
    await eventually(() => places(id)).toBe(0);
    expect(await headOf(id)).toMatchObject({ leaseOwner: null, standby: null });
    expect(await linesOf(id)).toEqual(["session.detached by boss"]);
    const { turnId } = await send(id);
    await ended(id, turnId);
    expect(await statusOf(turnId)).toBe("succeeded");
  });

  it("is refused while a turn is active, which goes on", async () => {
    const { id, turnId, prompted } = await running();
    expect(await admin.detach(boss, [id])).toEqual(NO(id, "turn_already_active"));
    expect(await linesOf(id)).toEqual([]);
    prompted.answer(["yes"]);
    await ended(id, turnId);
    expect(await statusOf(turnId)).toBe("succeeded");
  });

  it("at the moment of a prompt, in whatever process, never loses it and never disturbs its turn", async () => {
    const id = await answered();
    const outcomes = new Set<boolean | undefined>();
    for (let round = 0; round < 40; round += 1) {
      const at = round % 2 === 0 ? runner : other;
      // Right after it, and both at once, in either order.
      const detach = async () => outcomes.add((await admin.detach(boss, [id])).results[0]?.ok);
      const before = round % 3 < 2 ? detach() : null;
      if (round % 3 === 0) await before;
      const sending = send(id, at);
      await (before ?? detach());
      const { turnId } = await sending;
      await ended(id, turnId);
      const turn = await database.db.turn.findUniqueOrThrow({ where: { id: turnId } });
      expect(turn).toMatchObject({ status: "succeeded", takeUps: 0 });
    }
    const events = await runner.log.read(id, { afterSeq: 0, limit: 1_000 });
    expect(events.filter(({ type }) => type === "user.message")).toHaveLength(41);
    expect(events.filter(({ type }) => type === "assistant.message")).toHaveLength(41);
    expect(outcomes).toContain(true);
  });
});

describe("moving a session", () => {
  const to = async (sessionId: string) =>
    (await headOf(sessionId)).cliServer === "cli-1" ? "cli-2" : "cli-1";
  const moves = async (sessionId: string) =>
    (await runner.log.read(sessionId, { afterSeq: 0, limit: 1_000 })).filter(
      ({ type }) => type === "session.moved",
    );

  it("has it leave its server, and go to the other with its next prompt, saying why", async () => {
    const id = await answered();
    const from = (await headOf(id)).cliServer;
    const server = await to(id);
    expect(await admin.move(boss, [id], server)).toEqual(OK(id));
    await eventually(() => places(id)).toBe(0);
    const { turnId } = await send(id);
    await ended(id, turnId);
    expect(await moves(id)).toMatchObject([{ data: { from, to: server, reason: "administrator" } }]);
    expect(await headOf(id)).toMatchObject({ cliServer: server, moveTo: null });
    expect(await linesOf(id)).toEqual(["session.moved by boss"]);
  });

  it("leaves a running turn where it is, and has the next one go, though its runner is ready to start it", async () => {
    const { id, turnId, prompted } = await running();
    const server = await to(id);
    await admin.move(boss, [id], server);
    prompted.answer(["yes"]);
    await ended(id, turnId);
    expect(await moves(id)).toEqual([]);
    await eventually(() => runner.runner.load().running).toBe(0);
    for (const each of pool.servers) each.autoAnswer = true;
    const { turnId: next } = await send(id);
    await ended(id, next);
    expect(await moves(id)).toMatchObject([{ data: { to: server, reason: "administrator" } }]);
    // From then on the runner starts its turns at once again.
    expect(await headOf(id)).toMatchObject({ cliServer: server, moveTo: null });
    await eventually(async () => {
      const { turnId: later, status } = await send(id);
      await ended(id, later);
      return status;
    }).toBe("running");
  });

  it("where the server is not ready its turn runs elsewhere, and a later one goes there", async () => {
    const id = await answered();
    const server = await to(id);
    const away = pool.servers.find((each) => each.id === server);
    away?.die();
    await admin.move(boss, [id], server);
    const { turnId } = await send(id);
    await ended(id, turnId);
    expect(await statusOf(turnId)).toBe("succeeded");
    expect(await headOf(id)).toMatchObject({ moveTo: server });
    away?.revive();
    const { turnId: next } = await send(id);
    await ended(id, next);
    expect(await headOf(id)).toMatchObject({ cliServer: server, moveTo: null });
  });

  it("to where it is already changes nothing", async () => {
    const id = await answered();
    const { cliServer, fence } = await headOf(id);
    expect(await admin.move(boss, [id], cliServer ?? "")).toEqual(OK(id));
    expect(await headOf(id)).toMatchObject({ fence, moveTo: null });
  });

  it("is refused where the server is none of the fleet, or is draining", async () => {
    const id = await answered();
    expect(await admin.move(boss, [id], "elsewhere")).toEqual(NO(id, "server_not_found"));
    await web.fleet.drain(boss, "cli-2");
    expect(await admin.move(boss, [id], "cli-2")).toEqual(NO(id, "server_draining"));
    await web.fleet.resume(boss, "cli-2");
    expect(await linesOf(id)).toEqual([]);
  });
});

describe("stopping a session's turn", () => {
  it("stops it in whatever process it runs, and is noted; a second time there is nothing to stop", async () => {
    const { id, turnId } = await running();
    expect(await admin.stop(boss, [id])).toEqual(OK(id));
    await ended(id, turnId);
    expect(await statusOf(turnId)).toBe("aborted");
    expect(await admin.stop(boss, [id])).toEqual(OK(id));
    expect(await linesOf(id)).toEqual(["session.stopped by boss"]);
  });

  it("stops one that waits", async () => {
    const { id } = await runner.sessions.create(mona, {});
    // Somebody else's lease, so that nobody starts it.
    const lease = { leaseOwner: "somebody", leaseExpiresAt: new Date(Date.now() + 3_600_000) };
    await database.db.sessionHead.update({ where: { sessionId: id }, data: lease });
    const { turnId } = await send(id);
    await admin.stop(boss, [id]);
    expect(await statusOf(turnId)).toBe("aborted");
    expect(await linesOf(id)).toEqual(["session.stopped by boss"]);
  });
});

describe("many at once", () => {
  it("a deleted session's running turn stops", async () => {
    const { id } = await running();
    expect(await admin.delete(boss, [id])).toEqual(OK(id));
    await eventually(() => places(id)).toBe(0);
    expect(await linesOf(id)).toEqual(["session.deleted by boss"]);
  });

  it("each of a thousand has its own result, in the order in which they were named, and its own line", async () => {
    const made = await database.db.$queryRaw<{ id: string }[]>`
      WITH made AS (
        INSERT INTO "CopilotSession" ("id", "ownerId", "title")
        SELECT gen_random_uuid(), ${mona.ownerId}::uuid, 't' FROM generate_series(1, ${BULK_IDS_MAX - 1}::int)
        RETURNING "id"),
      head AS (INSERT INTO "SessionHead" ("sessionId") SELECT "id" FROM made)
      SELECT "id" FROM made`;
    const ids = made.map(({ id }) => id);
    const unknown = randomUUID();
    ids.splice(500, 0, unknown);
    const { results } = await admin.archive(boss, ids);
    expect(results.map(({ id }) => id)).toEqual(ids);
    expect(results.filter(({ ok }) => !ok)).toMatchObject([{ id: unknown, code: "session_not_found" }]);
    const where = { action: "session.archived", actorId: boss.ownerId };
    expect(await database.db.auditEvent.count({ where })).toBe(BULK_IDS_MAX - 1);
  });
});
