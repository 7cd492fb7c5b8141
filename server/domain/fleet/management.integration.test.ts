import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Actor } from "@/server/platform/scope";
import { createFakePool, type FakePool } from "@/tests/fakes/copilot-pool";
import { createTestCrypto } from "@/tests/fakes/crypto";
import { auditOf } from "@/tests/support/database";
import { OneSession } from "@/tests/support/one-session";
import { eventually, startTestProcess, type TestProcess } from "@/tests/support/process";
import { servicesOf } from "@/tests/support/services";
import { SWEEP_EVERY_MS } from "../turns/tunables";
import { TOKEN_COLUMN } from "./members";
import { FLEET_LOOK_MS } from "./tunables";

const ADDED = "cli-9.internal:4141";
const TOKEN = "a connection token of its own";

const one = new OneSession(["cli-1", "cli-2"]);
/** Another process of the app, with connections of its own to the same servers. */
let other: { process: TestProcess; pool: FakePool };
let boss: Actor;

beforeEach(() => {
  const pool = createFakePool("cli-1", "cli-2");
  other = { pool, process: startTestProcess(one.database, pool, { role: "web" }) };
  boss = { ...one.mona, role: "admin" };
});
afterEach(async () => {
  await other.process[Symbol.asyncDispose]();
  // Before the next test's processes start: they look at once.
  await one.database.db.cliServer.deleteMany();
});

const idsOf = ({ servers }: { servers: readonly { id: string }[] }) => servers.map(({ id }) => id);
const add = (token?: string, address = ADDED) =>
  one.app.fleet.add(boss, { address, ...(token && { token }) });
/** Everybody looks, twice. */
async function lookTwice() {
  for (const { clock } of [one.app, other.process, one.app, other.process]) clock.jump(FLEET_LOOK_MS);
}
const audited = async () =>
  (await auditOf(one.database.db).list({ target: ADDED, limit: 50 })).items
    .filter(({ actor }) => actor?.id === boss.ownerId)
    .map(({ action, details }) => [action, details]);

describe("a server that an administrator adds", () => {
  it("is in the fleet of every process, and of one that starts later", async () => {
    expect(await add()).toEqual({ id: ADDED });
    expect(idsOf(one.pool)).toContain(ADDED);
    other.process.clock.jump(FLEET_LOOK_MS);
    await eventually(() => idsOf(other.pool)).toContain(ADDED);
    const later = createFakePool("cli-1", "cli-2");
    await using _later = startTestProcess(one.database, later, { role: "web" });
    await eventually(() => idsOf(later)).toContain(ADDED);
    const [row] = (await one.app.fleet.list()).servers.filter(({ id }) => id === ADDED);
    expect(row).toMatchObject({
      source: "added",
      state: "ready",
      draining: false,
      activeTurns: 0,
      sessions: 0,
    });
  });

  it("runs turns, which the list of every process counts", async () => {
    await one.app.fleet.drain(boss, "cli-1");
    await one.app.fleet.drain(boss, "cli-2");
    await add();
    const added = one.pool.servers.find(({ id }) => id === ADDED);
    if (added) added.autoAnswer = false;
    const turnId = await one.send();
    const prompted = await added?.prompted();
    other.process.clock.jump(FLEET_LOOK_MS);
    await eventually(async () =>
      (await other.process.fleet.list()).servers.find(({ id }) => id === ADDED),
    ).toMatchObject({ activeTurns: 1, sessions: 1 });
    prompted?.answer(["done"]);
    expect(await one.endOf(turnId)).toEqual({ outcome: "succeeded" });
  });

  it("is added once", async () => {
    const results = await Promise.allSettled([
      add(),
      other.process.fleet.add(boss, { address: ADDED }),
      add(),
    ]);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    await expect(add()).rejects.toMatchObject({ code: "server_exists" });
    await expect(add(undefined, "cli-1")).rejects.toMatchObject({ code: "server_exists" });
    expect(await audited()).toEqual([["server.added", { ownToken: false }]]);
  });

  it("has its token sealed for itself alone, and in force in every process; no answer and no log has it", async () => {
    await add(TOKEN);
    other.process.clock.jump(FLEET_LOOK_MS);
    await eventually(() => idsOf(other.pool)).toContain(ADDED);
    for (const pool of [one.pool, other.pool]) {
      expect(
        pool.joined
          .get(ADDED)
          ?.token()
          ?.use((plain) => plain),
      ).toBe(TOKEN);
    }
    const row = await one.database.db.cliServer.findUniqueOrThrow({ where: { id: ADDED } });
    const rotated = createTestCrypto("k2", "k1");
    const sealed = row.token ?? "";
    expect(rotated.open(sealed, { serverId: ADDED, column: TOKEN_COLUMN }).use((plain) => plain)).toBe(TOKEN);
    expect(() => rotated.open(sealed, { serverId: "cli-1", column: TOKEN_COLUMN })).toThrow();
    const said = [await one.app.fleet.list(), await audited(), row];
    expect(JSON.stringify(said)).not.toContain(TOKEN);
    expect(await audited()).toEqual([["server.added", { ownToken: true }]]);
  });
});

describe("a server that an administrator drains", () => {
  it("gets nothing new in any process until it is resumed; each change is in the audit log once", async () => {
    await add();
    for (const _twice of [1, 2]) await one.app.fleet.drain(boss, ADDED);
    other.process.clock.jump(FLEET_LOOK_MS);
    await eventually(() => other.process.fleet.forTurns()).toEqual(["cli-1", "cli-2"]);
    for (const _twice of [1, 2]) await one.app.fleet.resume(boss, ADDED);
    expect(one.app.fleet.forTurns()).toContain(ADDED);
    await one.app.fleet.resume(boss, "cli-1");
    expect((await audited()).map(([action]) => action)).toEqual([
      "server.resumed",
      "server.drained",
      "server.added",
    ]);
  });
});

describe("a server that an administrator removes", () => {
  it("of CLI_URL stays out of every process that starts, until it is added again", async () => {
    await one.app.fleet.remove(boss, "cli-1");
    const later = createFakePool("cli-1", "cli-2");
    await using process = startTestProcess(one.database, later, { role: "web" });
    await eventually(() => process.fleet.forTurns()).toEqual(["cli-2"]);
    await eventually(async () => {
      await lookTwice();
      process.clock.jump(FLEET_LOOK_MS);
      return [one.pool, other.pool, later].map(idsOf);
    }).toEqual([["cli-2"], ["cli-2"], ["cli-2"]]);
    expect((await process.fleet.list()).removed).toMatchObject([{ id: "cli-1", activeTurns: 0 }]);
    await process.fleet.add(boss, { address: "cli-1" });
    await eventually(async () => {
      await lookTwice();
      return [one.pool, other.pool].map((pool) => idsOf(pool).toSorted());
    }).toEqual([
      ["cli-1", "cli-2"],
      ["cli-1", "cli-2"],
    ]);
    const { servers, removed } = await process.fleet.list();
    expect([servers.find(({ id }) => id === "cli-1")?.source, removed]).toEqual(["settings", []]);
  });

  it("keeps its connection until the turn that runs there has ended, in whatever process; the session goes on elsewhere", async () => {
    const turn = await one.running();
    // Asked of a process that has no turn there.
    await other.process.fleet.remove(boss, "cli-1");
    await eventually(async () => {
      await lookTwice();
      return [one.app.fleet.isDraining("cli-1"), one.app.fleet.forTurns()];
    }).toEqual([true, ["cli-2"]]);
    await one.app.fleet.list();
    // Each look could have been the one that closes it.
    for (const _look of [1, 2, 3]) await one.app.fleet.resume(boss, "cli-2");
    expect(idsOf(one.pool)).toContain("cli-1");
    expect(idsOf(other.pool)).toContain("cli-1");
    expect((await one.app.fleet.list()).removed).toMatchObject([{ id: "cli-1", activeTurns: 1 }]);
    turn.answer(["all of it"]);
    expect(await one.endOf(turn.turnId)).toEqual({ outcome: "succeeded" });
    one.app.clock.jump(SWEEP_EVERY_MS);
    await eventually(async () => {
      await lookTwice();
      return [idsOf(one.pool), idsOf(other.pool)];
    }).toEqual([["cli-2"], ["cli-2"]]);
    const next = await one.send("next");
    expect(await one.endOf(next)).toEqual({ outcome: "succeeded" });
    const servers = await one.database.db.turn.findMany({ orderBy: { createdAt: "asc" } });
    expect(servers.slice(-2).map(({ cliServer }) => cliServer)).toEqual(["cli-1", "cli-2"]);
  });

  it("is left at once where it does not answer", async () => {
    await add();
    one.pool.servers.find(({ id }) => id === ADDED)?.die();
    await one.app.fleet.remove(boss, ADDED);
    await expect(one.app.fleet.remove(boss, ADDED)).rejects.toMatchObject({ code: "server_not_found" });
    expect(idsOf(one.pool)).not.toContain(ADDED);
    expect((await one.app.fleet.list()).removed).toEqual([]);
    expect((await audited()).map(([action]) => action)).toEqual(["server.removed", "server.added"]);
  });
});

it("what cannot be done to one of many servers is told, and done to the others", async () => {
  one.cli.supervise();
  const { admin } = servicesOf(one.app);
  expect((await admin.fleet.remove(boss, ["cli-1", "nowhere:1", "cli-2"])).results).toMatchObject([
    { id: "cli-1", ok: false, code: "server_supervised" },
    { id: "nowhere:1", ok: false, code: "server_not_found" },
    { id: "cli-2", ok: true },
  ]);
});
