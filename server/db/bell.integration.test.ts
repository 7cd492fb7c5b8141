import { randomUUID } from "node:crypto";
import pino from "pino";
import { describe, expect, it } from "vitest";
import { systemClock } from "@/server/platform/clock";
import { createTestDatabase, terminateConnections } from "@/tests/support/database";
import { type Bell, createBell } from "./bell";

const log = pino({ level: "silent" });
const open = (url: string) => createBell({ url, processId: randomUUID(), clock: systemClock, log });

/** Resolves with the next ring of `id` at `bell`; rings it at `from` until it is heard. */
async function heard(bell: Bell, from: Bell, id: string): Promise<boolean> {
  const next = new AbortController();
  const remote = new Promise<boolean>((resolve) => {
    const unlisten = bell.listen(id, (ring) => {
      unlisten();
      next.abort();
      resolve(ring.remote);
    });
  });
  // A bell that is still connecting loses what is rung.
  while (!next.signal.aborted) {
    from.ringOthers(id);
    await systemClock.sleep(20, next.signal);
  }
  return remote;
}

describe("the bell", () => {
  it("is heard in another process, and in this one without a detour", async () => {
    await using database = await createTestDatabase();
    const [here, there] = [open(database.url), open(database.url)];
    expect(await heard(there, here, "a")).toBe(true);
    const local = new Promise<boolean>((resolve) => here.listen("b", (ring) => resolve(ring.remote)));
    here.ring("b");
    expect(await local).toBe(false);
    await Promise.all([here.stop(), there.stop()]);
  });

  it("is heard for each of many ids that are rung at the same moment", async () => {
    await using database = await createTestDatabase();
    const [here, there] = [open(database.url), open(database.url)];
    await Promise.all([here.ready, there.ready]);
    const silent = new Set(Array.from({ length: 1_000 }, () => `run:${randomUUID()}`));
    for (const id of silent) there.listen(id, () => silent.delete(id));
    // Until they know of each other nothing is sent.
    while (silent.size > 0) {
      for (const id of silent) here.ringOthers(id);
      await systemClock.sleep(50);
    }
    await Promise.all([here.stop(), there.stop()]);
  });

  it("is heard again after its connection was cut, and wakes everybody once for what was missed", async () => {
    await using database = await createTestDatabase();
    const [here, there] = [open(database.url), open(database.url)];
    await heard(there, here, "a");
    const missed = new Promise<void>((resolve) => there.listen("nobody rings this", () => resolve()));
    await terminateConnections(database);
    await missed;
    expect(await heard(there, here, "a")).toBe(true);
    await Promise.all([here.stop(), there.stop()]);
  });

  it.each([0, 1, 5, 20])("stops when it is told to %d ms after it began to connect", async (afterMs) => {
    await using database = await createTestDatabase();
    const bell = open(database.url);
    await systemClock.sleep(afterMs);
    await bell.stop();
  });

  it("stops while there is no database", async () => {
    const bell = open("postgresql://nobody@127.0.0.1:1/none");
    await systemClock.sleep(5);
    await bell.stop();
  });
});
