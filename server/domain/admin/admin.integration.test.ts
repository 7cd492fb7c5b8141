import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import type { Actor } from "@/server/platform/scope";
import { createFakePool, type FakePool } from "@/tests/fakes/copilot-pool";
import { createTestDatabase, type TestDatabase } from "@/tests/support/database";
import {
  createActor,
  eventually,
  hasEnded,
  startTestProcess,
  type TestProcess,
  watchToEnd,
} from "@/tests/support/process";
import { servicesOf } from "@/tests/support/services";
import { WATCHES_TELL_MS } from "../sessions/tunables";
import type { Admin } from "./types";

const HOUR_MS = 3_600_000;

let database: TestDatabase;
let pool: FakePool;
let runner: TestProcess;
let web: TestProcess;
let admin: Admin;
let boss: Actor;
let mona: Actor;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createFakePool();
  pool.first.autoAnswer = false;
  runner = startTestProcess(database, pool);
  web = startTestProcess(database, createFakePool(), { role: "web" });
  await vi.waitUntil(() => web.processes.others().length === 1, { timeout: 10_000 });
  admin = servicesOf(web).admin;
});
afterAll(async () => {
  await runner?.[Symbol.asyncDispose]();
  await web?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await database.db.user.deleteMany();
  [boss, mona] = [await createActor(database), await createActor(database)];
  await database.db.user.update({ where: { id: boss.ownerId }, data: { role: "admin" } });
});

const ids = (...actors: Actor[]) => actors.map(({ ownerId }) => ownerId);
const turnsOf = async ({ ownerId }: Actor) =>
  (await database.db.turn.findMany({ where: { session: { ownerId } } })).map(({ status }) => status);

/** A running turn of Mona's, watched on the other process as long as `isAllowed` says so. */
async function runOne() {
  const { id: sessionId } = await runner.sessions.create(mona, {});
  const send = { sessionId, prompt: "p", idempotencyKey: randomUUID() };
  const { turnId } = await runner.turns.send(mona, send);
  await pool.first.prompted();
  const isAllowed = async () => (await web.sessions.get(mona, sessionId)) !== null && !(await isDisabled());
  const stillAllowed = { process: web, actor: mona, sessionId, stillAllowed: isAllowed };
  return { sessionId, turnId, watch: watchToEnd(stillAllowed, hasEnded(turnId)) };
}
const isDisabled = async () =>
  (await database.db.user.findUniqueOrThrow({ where: { id: mona.ownerId } })).disabledAt !== null;

it("who is disabled has no running or waiting turn, no open watch and no GitHub token any more", async () => {
  const forgotten: string[] = [];
  web.credentials.forget = async (owner) => void forgotten.push(owner);
  const { watch } = await runOne();
  expect(await admin.people.disable(boss, ids(mona))).toEqual({ results: [{ id: mona.ownerId, ok: true }] });
  await eventually(() => turnsOf(mona)).toEqual(["aborted"]);
  await watch.ended;
  expect(forgotten).toEqual(ids(mona));
});

it("who was disabled by a process that died before it stopped their turns is stopped all the same", async () => {
  const { turnId } = await runOne();
  await database.db.user.update({ where: { id: mona.ownerId }, data: { disabledAt: new Date() } });
  await eventually(
    async () => (await database.db.turn.findUniqueOrThrow({ where: { id: turnId } })).status,
  ).toBe("aborted");
});

it("what cannot be done to one of many is told, and done to the others", async () => {
  const unknown = randomUUID();
  const { results } = await admin.people.disable(boss, [unknown, ...ids(boss, mona, mona)]);
  expect(results).toMatchObject([
    { id: unknown, ok: false, code: "person_not_found" },
    { id: boss.ownerId, ok: false, code: "not_yourself" },
    { id: mona.ownerId, ok: true },
  ]);
});

it("a person's own limit of running turns is theirs alone", async () => {
  await admin.people.update(boss, { ids: ids(mona), turnsMax: 1 });
  const hubot = await createActor(database);
  const send = async (actor: Actor) => {
    const { id: sessionId } = await runner.sessions.create(actor, {});
    await runner.turns.send(actor, { sessionId, prompt: "p", idempotencyKey: randomUUID() });
  };
  for (const actor of [mona, mona, hubot, hubot]) await send(actor);
  await eventually(async () =>
    [await turnsOf(mona), await turnsOf(hubot)].map((all) => all.toSorted()),
  ).toEqual([
    ["queued", "running"],
    ["running", "running"],
  ]);
  // With it lifted the other begins.
  await admin.people.update(boss, { ids: ids(mona), turnsMax: null });
  await eventually(() => turnsOf(mona)).toEqual(["running", "running"]);
});

it("the overview tells what goes on now, in whatever process, and what has ended", async () => {
  const now = Date.now();
  const look = async () => {
    const {
      turns,
      people,
      now: active,
    } = await admin.overview({
      from: new Date(now - HOUR_MS),
      to: new Date(now + HOUR_MS),
    });
    return { turns, people, ...active };
  };
  const before = await look();
  const { turnId, watch } = await runOne();
  runner.clock.jump(WATCHES_TELL_MS);
  web.clock.jump(WATCHES_TELL_MS);
  await eventually(look).toMatchObject({ running: 1, queued: 0, longestWaitMs: 0, watches: 1, processes: 2 });
  // What runs there is known by the rows, also where a process does not see the server itself.
  expect(
    (await servicesOf(runner).admin.overview({ from: new Date(now), to: new Date(now + 1) })).now.servers,
  ).toEqual([
    { id: pool.first.id, state: "ready", draining: false, isSpare: false, activeTurns: 1, turnsMax: 1_000 },
  ]);
  await runner.turns.stopAll(mona.ownerId);
  await eventually(look).toMatchObject({ running: 0, turns: before.turns + 1, people: before.people + 1 });
  const { endedAt } = await database.db.turn.findUniqueOrThrow({ where: { id: turnId } });
  expect(endedAt).not.toBeNull();
  await database.db.user.update({ where: { id: mona.ownerId }, data: { disabledAt: new Date() } });
  web.bell.ring(`person:${mona.ownerId}`);
  await watch.ended;
});
