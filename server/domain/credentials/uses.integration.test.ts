import pino from "pino";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { OwnerId } from "@/server/platform/scope";
import { createTasks } from "@/server/platform/tasks";
import { createManualClock } from "@/tests/fakes/clock";
import { auditOf, createPerson, createTestDatabase, type TestDatabase } from "@/tests/support/database";
import { createTokenUses } from "./uses";

const DAY_MS = 86_400_000;
const GRACE_MS = 5_000;
let database: TestDatabase;
let mona: OwnerId;
let failure: Error | null = null;
let asked = 0;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.[Symbol.asyncDispose]());
beforeEach(async () => {
  [failure, asked] = [null, 0];
  await database.db.user.deleteMany();
  mona = await createPerson(database.db, "mona");
});

/** One process of the app on a day of its own, long before any event; `settled` waits for what it began. */
function startProcess() {
  const clock = createManualClock();
  const log = pino({ level: "silent" });
  let tasks = createTasks(log);
  const accounts = {
    async person({ ownerId }: { ownerId: OwnerId }) {
      asked += 1;
      if (failure) throw failure;
      return { id: ownerId, login: "mona", name: null, image: null, role: "user" as const };
    },
  };
  const audit = auditOf(database.db);
  const run: typeof tasks.run = (name, work) => tasks.run(name, work);
  const uses = createTokenUses({ audit, accounts, tasks: { run }, clock });
  return {
    ...{ uses, clock },
    /** What was begun is aborted by nothing: the work has no signal. */
    async settled() {
      await new Promise((resolve) => setImmediate(resolve));
      await tasks.stop(GRACE_MS);
      tasks = createTasks(log);
    },
  };
}
const lines = () => database.db.auditEvent.findMany({ where: { actorId: mona }, orderBy: { seq: "asc" } });

it("is in the audit log once a day and person, however often and in however many processes a token is used", async () => {
  const [one, other] = [startProcess(), startProcess()];
  for (let n = 0; n < 3; n += 1) for (const { uses } of [one, other]) uses.note(mona, "github_user");
  await Promise.all([one.settled(), other.settled()]);
  expect(await lines()).toMatchObject([
    {
      ...{ action: "person.token_used", actorName: "mona", targetId: mona },
      details: { kind: "github_user" },
    },
  ]);
  // A process asks once a day, not at every use.
  expect(asked).toBe(2);
});

it("is there again on the next day", async () => {
  const { uses, clock, settled } = startProcess();
  uses.note(mona, "github_user");
  await settled();
  // A day that begins after the event above, by whatever clock the database has.
  await clock.advance(Date.now() - clock.now().getTime() + DAY_MS);
  uses.note(mona, "github_user");
  await settled();
  expect(await lines()).toHaveLength(2);
});

it("that could not be noted harms nobody, and is noted with the next use", async () => {
  failure = new Error("the database is away");
  const { uses, settled } = startProcess();
  uses.note(mona, "github_user");
  await settled();
  expect(await lines()).toEqual([]);
  failure = null;
  uses.note(mona, "github_user");
  await settled();
  expect(await lines()).toHaveLength(1);
});
