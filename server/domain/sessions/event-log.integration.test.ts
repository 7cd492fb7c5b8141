import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { NewEvent } from "@/lib/events/wire";
import { createDb, type Db, Prisma } from "@/server/db/client";
import { systemClock } from "@/server/platform/clock";
import type { Actor } from "@/server/platform/scope";
import { auditOf, createTestDatabase, type TestDatabase } from "@/tests/support/database";
import { createActor, storeSession } from "@/tests/support/process";
import { createEventLog } from "./event-log";
import { createSessionStore } from "./store";
import { FOLLOW_ROWS_MAX } from "./tunables";
import type { EventLog } from "./types";

let database: TestDatabase;
let otherDb: Db;
let here: EventLog;
let there: EventLog;
let actor: Actor;

beforeAll(async () => {
  database = await createTestDatabase();
  otherDb = createDb(database.url);
  here = createEventLog(database.db, systemClock);
  there = createEventLog(otherDb, systemClock);
  actor = await createActor(database);
});

afterAll(async () => {
  await otherDb?.$disconnect();
  await database?.[Symbol.asyncDispose]();
});

const note = (title: string): NewEvent => ({ type: "session.updated", data: { title } });
const delta = (messageId: string, text: string): NewEvent => ({
  type: "assistant.delta",
  data: { messageId, text },
});

const newSession = () => storeSession(database.db, actor.ownerId);

const setFence = (sessionId: string, fence: number) =>
  database.db.sessionHead.update({ where: { sessionId }, data: { fence } });
const rename = (sessionId: string, title: string) =>
  createSessionStore(database.db, auditOf(database.db)).updateSql(actor.ownerId, sessionId, { title });
const titleOf = async (id: string) => (await database.db.copilotSession.findUnique({ where: { id } }))?.title;
const everything = (sessionId: string) => here.read(sessionId, { afterSeq: 0, limit: 10_000 });

describe("numbers", () => {
  it("have no gap and no duplicate when two processes append 200 times at once", async () => {
    const sessionId = await newSession();
    const guard = { owner: actor.ownerId };
    const appended = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        (index % 2 ? here : there).append({
          sessionId,
          guard,
          events: Array.from({ length: 1 + (index % 3) }, () => note(`n${index}`)),
        }),
      ),
    );
    const rows = await everything(sessionId);
    expect(rows.map((row) => row.seq)).toEqual(rows.map((_, index) => index + 1));
    const answered = appended.flatMap((answer) => (answer.won ? answer.events : []));
    expect(answered.sort((a, b) => a.seq - b.seq)).toEqual(rows);
  });

  it("of one append stand together, in the order they were given", async () => {
    const sessionId = await newSession();
    await Promise.all(
      ["a", "b", "c", "d"].map((name, index) =>
        (index % 2 ? here : there).append({
          sessionId,
          guard: { owner: actor.ownerId },
          events: [1, 2, 3].map((n) => note(`${name}${n}`)),
        }),
      ),
    );
    const titles = (await everything(sessionId)).map((event) =>
      event.type === "session.updated" ? event.data.title : "",
    );
    expect(titles.join("")).toMatch(/^([abcd]1[abcd]2[abcd]3){4}$/);
    expect(titles.join("")).toMatch(/a1a2a3/);
  });
});

describe("following", () => {
  it("gives every asker the next events of its own session, and tells which session is gone", async () => {
    const [a, b, quiet] = [await newSession(), await newSession(), await newSession()];
    const guard = { owner: actor.ownerId };
    const events = Array.from({ length: FOLLOW_ROWS_MAX + 5 }, (_, n) => note(`${n}`));
    for (const sessionId of [a, b]) await there.append({ sessionId, guard, events });
    const [all, some, none, gone] = await Promise.all([
      here.follow(a, 0),
      here.follow(b, FOLLOW_ROWS_MAX),
      here.follow(quiet, 0),
      here.follow(randomUUID(), 0),
    ]);
    expect(all).toEqual(await here.read(a, { afterSeq: 0, limit: FOLLOW_ROWS_MAX }));
    expect(some).toEqual(await here.read(b, { afterSeq: FOLLOW_ROWS_MAX, limit: 10 }));
    expect(some).toHaveLength(5);
    expect([none, gone]).toEqual([[], null]);
  });
});

describe("the guard", () => {
  it("lets an old fence write nothing: no event, no fold, no other room's row", async () => {
    const sessionId = await newSession();
    await setFence(sessionId, 7);
    await here.append({ sessionId, guard: { fence: 7 }, events: [delta("m", "kept")] });
    await setFence(sessionId, 8);
    const late = await here.append({
      sessionId,
      guard: { fence: 7 },
      events: [note("late")],
      fold: [1],
      also: [Prisma.sql`UPDATE "CopilotSession" SET "title" = 'late' WHERE EXISTS (SELECT 1 FROM head)`],
    });
    expect(late).toEqual({ won: false });
    expect(await everything(sessionId)).toHaveLength(1);
    expect(await titleOf(sessionId)).toBe("x");
  });

  it("keeps strangers out", async () => {
    const sessionId = await newSession();
    const stranger = await createActor(database);
    const answer = await here.append({ sessionId, guard: { owner: stranger.ownerId }, events: [note("x")] });
    expect(answer).toEqual({ won: false });
    expect(await everything(sessionId)).toEqual([]);
  });

  it("writes nothing for a session that is not there", async () => {
    const request = { sessionId: randomUUID(), guard: { owner: actor.ownerId }, events: [note("x")] };
    expect(await here.append(request)).toEqual({ won: false });
  });
});

describe("another room's write", () => {
  it("that finds no row keeps the events out", async () => {
    const sessionId = await newSession();
    const answer = await here.append({
      sessionId,
      guard: { owner: actor.ownerId },
      events: [note("x")],
      first: rename(randomUUID(), "other"),
    });
    expect(answer).toEqual({ won: false });
    expect(await everything(sessionId)).toEqual([]);
  });

  it("is undone where the guard does not hold", async () => {
    const sessionId = await newSession();
    const answer = await here.append({
      sessionId,
      guard: { fence: 99 },
      events: [note("x")],
      first: rename(sessionId, "must not stay"),
    });
    expect(answer).toEqual({ won: false });
    expect(await titleOf(sessionId)).toBe("x");
  });

  it("is undone where the guard stops holding while the append waits for the row", async () => {
    const sessionId = await newSession();
    await setFence(sessionId, 1);
    let append: Promise<unknown> | undefined;
    await otherDb.$transaction(async (tx) => {
      await tx.$executeRaw`UPDATE "SessionHead" SET "fence" = 2 WHERE "sessionId" = ${sessionId}::uuid`;
      append = here.append({
        sessionId,
        guard: { fence: 1 },
        events: [note("late")],
        first: rename(sessionId, "must not stay"),
      });
      await lockWaiter(sessionId);
    });
    expect(await append).toEqual({ won: false });
    expect(await titleOf(sessionId)).toBe("x");
    expect(await everything(sessionId)).toEqual([]);
  });
});

/** Resolves when some statement of this database waits for a lock. */
async function lockWaiter(_sessionId: string): Promise<void> {
  for (;;) {
    const rows = await database.db.$queryRaw<unknown[]>`
      SELECT 1 FROM pg_stat_activity WHERE "datname" = current_database() AND "wait_event_type" = 'Lock'`;
    if (rows.length > 0) return;
  }
}

describe("text", () => {
  it.each([
    ["a NUL", "a\u0000b"],
    ["half a surrogate pair", "a\ud800b"],
    ["the other half", "\udc00"],
    ["an emoji", "🙂"],
    ["escapes", '\\u0000 "\\" \u2028 \b'],
  ])("with %s is stored, and reads back as it was answered", async (_, text) => {
    const sessionId = await newSession();
    const answer = await here.append({
      sessionId,
      guard: { owner: actor.ownerId },
      events: [delta(text, text), note(text)],
    });
    expect(answer.won && answer.events).toEqual(await everything(sessionId));
    expect(here.recent(sessionId, 0)).toEqual(await everything(sessionId));
  });
});

describe("an append whose answer was lost", () => {
  it("is found again by its events, and by nothing less", async () => {
    const sessionId = await newSession();
    const events: NewEvent[] = [
      { type: "assistant.delta", data: { messageId: "m", text: "b" } },
      { type: "usage", data: { model: "x", inputTokens: 1, outputTokens: 0.1, cost: undefined } },
      {
        type: "assistant.message",
        data: { messageId: "m", content: "ab", partial: false, folded: [[1, 2]] },
      },
    ];
    const guard = { owner: actor.ownerId };
    await here.append({ sessionId, guard, events: [delta("m", "a"), note("between")] });
    expect(await here.findWritten(sessionId, 0, events)).toBeNull();
    const written = await here.append({ sessionId, guard, events });
    expect(await there.findWritten(sessionId, 1, events)).toEqual(written.won && written.events);
    expect(await there.findWritten(sessionId, 3, events)).toBeNull();
    expect(await there.findWritten(sessionId, 1, [delta("m", "c")])).toBeNull();
  });
});
