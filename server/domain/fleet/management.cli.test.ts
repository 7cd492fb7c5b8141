import { afterAll, beforeAll, expect, it } from "vitest";
import type { EventType, WireEvent, WireEventOf } from "@/lib/events/wire";
import { startExternalCopilot, startTestCopilot } from "@/tests/support/copilot";
import { createTestDatabase, type TestDatabase } from "@/tests/support/database";
import { startTestFlightdeck } from "@/tests/support/flightdeck";
import { eventually } from "@/tests/support/process";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.[Symbol.asyncDispose]());

const only = <T extends EventType>(events: WireEvent[], type: T) =>
  events.filter((event): event is WireEventOf<T> & WireEvent => event.type === type);

it("a conversation goes on with its memory on a server that was added meanwhile, once its own was removed", async () => {
  await using copilot = await startExternalCopilot(2);
  const [first = "", second = ""] = copilot.addresses;
  const { pool } = copilot.connect([first]);
  await using app = await startTestFlightdeck(database, { github: copilot.github, pool });
  const mona = await app.person("mona");
  const row = async (id: string) => (await app.fleet.list()).servers.find((server) => server.id === id);
  const { id: sessionId } = await app.sessions.create(mona, {});
  const serverNow = async () =>
    (await database.db.sessionHead.findUniqueOrThrow({ where: { sessionId } })).cliServer;
  await app.converse(mona, sessionId, "short xylophone");
  expect(await serverNow()).toBe(first);

  const wrong = "not its token";
  await app.fleet.add(mona, { address: second, token: wrong });
  await eventually(async () => (await row(second))?.lastError ?? "").not.toBe("");
  expect(await row(second)).toMatchObject({ state: "starting", latencyMs: null, upSince: null });
  expect((await row(second))?.lastError).not.toContain(wrong);
  await app.fleet.remove(mona, second);
  await eventually(() => pool.servers.map(({ id }) => id)).toEqual([first]);
  await app.fleet.add(mona, { address: second, token: copilot.token });
  await eventually(() => row(second)).toMatchObject({ state: "ready", latencyMs: expect.any(Number) });
  expect((await row(first))?.attachedSessions).toBe(1);

  await app.fleet.remove(mona, first);
  const events = await app.converse(mona, sessionId, "knows=xylophone");
  expect(only(events, "assistant.message").at(-1)?.data.content).toBe("yes");
  expect(only(events, "turn.notice")).toEqual([]);
  expect(await serverNow()).toBe(second);
  await eventually(() => pool.servers.map(({ id }) => id)).toEqual([second]);
});

it("a supervised server is restarted as another process, its conversations go on, and it counts as no loss", async () => {
  await using copilot = await startTestCopilot();
  await using app = await startTestFlightdeck(database, copilot);
  const mona = await app.person("mona");
  const row = async () => (await app.fleet.list()).servers.find(({ id }) => id === "local");
  const { id: sessionId } = await app.sessions.create(mona, {});
  await app.converse(mona, sessionId, "short xylophone");
  const before = await row();
  expect(before).toMatchObject({ source: "supervised", state: "ready", restarting: false });
  if (process.platform === "linux") expect(before?.memoryBytes).toBeGreaterThan(0);
  await app.fleet.restart(mona, "local");
  await eventually(async () => {
    const now = await row();
    return now?.state === "ready" && now.pid !== before?.pid;
  }).toBe(true);
  expect(await row()).toMatchObject({
    restarting: false,
    lostTimes: 0,
    lastError: null,
    quarantinedUntil: null,
  });
  const events = await app.converse(mona, sessionId, "knows=xylophone");
  expect(only(events, "assistant.message").at(-1)?.data.content).toBe("yes");
});
