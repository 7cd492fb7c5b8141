import pino from "pino";
import { afterAll, beforeAll, beforeEach, vi } from "vitest";
import { type Bell, createBell } from "@/server/db/bell";
import { roleSql } from "@/server/domain/accounts/store";
import { createRunStore } from "@/server/domain/retention/runs/store";
import { createRetentionStore } from "@/server/domain/retention/store";
import { createRemoval } from "@/server/domain/sessions/removal";
import { systemClock } from "@/server/platform/clock";
import type { Actor } from "@/server/platform/scope";
import { createFakePool, type FakePool } from "@/tests/fakes/copilot-pool";
import { auditOf, createTestDatabase, type TestDatabase } from "./database";
import { type OldSession, storeOld } from "./old-sessions";
import { createActor } from "./process";
import { NO_LISTS } from "./services";

const log = pino({ level: "silent" });

/** For each test of a file: a database without runs, rules and holds, an administrator, somebody with sessions, and a
 *  process "me" that is there. */
export function withCleanUp() {
  let database: TestDatabase;
  let pool: FakePool;
  let boss: Actor;
  let mona: Actor;
  let presence: Bell;

  beforeAll(async () => {
    database = await createTestDatabase();
    // Nobody takes over from "me" what a test carries out itself.
    presence = createBell({ url: database.url, processId: "me", clock: systemClock, log });
    await presence.ready;
  });
  afterAll(async () => {
    await presence?.stop();
    await database?.[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    pool = createFakePool();
    const { retentionRun, retentionHold, retentionRule, sessionTombstone, user } = database.db;
    await Promise.all([retentionRun.deleteMany(), retentionHold.deleteMany(), retentionRule.deleteMany()]);
    await Promise.all([sessionTombstone.deleteMany(), user.deleteMany()]);
    [boss, mona] = [await createActor(database), await createActor(database)];
  });

  return {
    get database() {
      return database;
    },
    get pool() {
      return pool;
    },
    /** By which others see that "me" is there. */
    get presence() {
      return presence;
    },
    get boss() {
      return boss;
    },
    get mona() {
      return mona;
    },
    /** What a process has to carry a run out with, without the tasks that would. */
    parts() {
      const { db } = database;
      const audit = auditOf(db);
      const removal = createRemoval(db, audit);
      const store = createRetentionStore(db, { audit, roleSql: roleSql(NO_LISTS) });
      const runs = createRunStore(db, { audit, removal });
      return { store, runs, removal, bell: { ring: vi.fn() }, clock: systemClock };
    },
    /** A session of mona's that is more than 30 days old. */
    old: (session: OldSession = {}) => storeOld(database, mona, { created: 31, ...session }),
    rowOf: (id: string) => database.db.retentionRun.findUniqueOrThrow({ where: { id } }),
    /** A run that "me" carries out from the start. */
    runningHere: () => database.db.retentionRun.create({ data: { processId: "me" } }),
  };
}
