import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FaultProxy, type Link, startFaultProxy } from "@/tests/chaos/fault-proxy";
import { createTestDatabase, type TestDatabase } from "@/tests/support/database";
import { createDb, type Db, Prisma } from "./client";

let database: TestDatabase;
let proxy: FaultProxy;
let db: Db;

beforeAll(async () => {
  database = await createTestDatabase();
  const url = new URL(database.url);
  proxy = await startFaultProxy();
  await proxy.aim(Number(url.port));
  url.port = String(proxy.port);
  url.hostname = "127.0.0.1";
  db = createDb(url.href);
});
afterAll(async () => {
  await db?.$disconnect();
  await proxy?.close();
  await database?.[Symbol.asyncDispose]();
});

const ROUNDS = 20;
const ASKED_AT_ONCE = 4;

/** Every way in which the rooms ask. */
const ask = (): Promise<unknown>[] => [
  db.user.count(),
  db.$queryRaw`SELECT 1`,
  db.$direct(Prisma.sql`SELECT repeat('x', 5000)`),
  db.$executeRaw`UPDATE "User" SET "name" = "name"`,
  db.$transaction(async (tx) => {
    await tx.user.count();
    return tx.$queryRaw`SELECT 1`;
  }),
];

describe("a query whose connection ends", () => {
  it.each<[string, (link: Link, round: number) => void]>([
    ["half", (link) => link.halfClose()],
    ["with a reset", (link) => link.reset()],
    ["in mid-frame", (link, round) => link.cutAfter(1 + 37 * round)],
  ])("is answered, or says that the database is away: %s", async (_, end) => {
    const others = new Set<string>();
    let away = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const asked = Array.from({ length: ASKED_AT_ONCE }, ask).flat();
      const settled = Promise.allSettled(asked);
      await sleep(round % 5);
      for (const link of proxy.links()) end(link, round);
      for (const outcome of await settled) {
        if (outcome.status === "fulfilled") continue;
        const { code } = outcome.reason as { code?: string };
        if (code === "database_unavailable") away += 1;
        else others.add(String(outcome.reason));
      }
    }
    expect([...others]).toEqual([]);
    expect(away).toBeGreaterThan(0);
  });
});
