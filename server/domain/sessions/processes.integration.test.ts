import { afterEach, beforeEach, expect, it } from "vitest";
import { createFakePool } from "@/tests/fakes/copilot-pool";
import { createTestDatabase, type TestDatabase } from "@/tests/support/database";
import {
  createActor,
  eventually,
  startTestProcess,
  type TestProcess,
  watchToEnd,
} from "@/tests/support/process";
import { WATCHES_TELL_MS } from "./tunables";

let database: TestDatabase;
let web: TestProcess;
let worker: TestProcess;

beforeEach(async () => {
  database = await createTestDatabase();
  web = startTestProcess(database, createFakePool(), { role: "web" });
  worker = startTestProcess(database, createFakePool(), { role: "worker" });
  await Promise.all([web.known(1), worker.known(1)]);
});
afterEach(async () => {
  await Promise.all([web[Symbol.asyncDispose](), worker[Symbol.asyncDispose]()]);
  await database[Symbol.asyncDispose]();
});

/** An open watch of somebody's; `end` has it end by itself. */
async function open(process: TestProcess) {
  const actor = await createActor(database);
  const { id: sessionId } = await process.sessions.create(actor, {});
  let isAllowed = true;
  const { ended } = watchToEnd(
    { process, actor, sessionId, stillAllowed: async () => isAllowed },
    () => false,
  );
  return async () => {
    isAllowed = false;
    process.bell.ring(`person:${actor.ownerId}`);
    await ended;
  };
}
// Each look lets the limit of how often a process tells pass.
const counted = async () => {
  for (const process of [web, worker]) process.clock.jump(WATCHES_TELL_MS);
  return worker.processes.count();
};

it("open watches are counted over all processes, and no more once they have ended", async () => {
  const ends = [await open(web), await open(web), await open(worker)];
  await eventually(counted).toEqual({ processes: 2, watches: 3 });
  await ends[0]?.();
  await eventually(counted).toEqual({ processes: 2, watches: 2 });
  for (const end of ends.slice(1)) await end();
  await eventually(counted).toEqual({ processes: 2, watches: 0 });
});

it("the watches of a process that is gone do not count", async () => {
  const ends = [await open(web), await open(worker)];
  await eventually(counted).toEqual({ processes: 2, watches: 2 });
  await web.vanish();
  await eventually(counted).toEqual({ processes: 1, watches: 1 });
  for (const end of ends) await end();
});

it("a process tells how many it has only where that has changed, and not more often than it may", async () => {
  const told = () =>
    database.db.process.findUniqueOrThrow({ where: { id: web.id }, select: { watches: true } });
  const ends = [await open(web)];
  await eventually(told).toEqual({ watches: 1 });
  // Nothing has changed: what somebody else wrote there stays.
  await database.db.process.update({ where: { id: web.id }, data: { watches: 7 } });
  web.clock.jump(WATCHES_TELL_MS);
  await web.processes.look();
  expect(await told()).toEqual({ watches: 7 });
  ends.push(await open(web));
  await eventually(async () => {
    web.clock.jump(WATCHES_TELL_MS);
    return told();
  }).toEqual({ watches: 2 });
  for (const end of ends) await end();
});
