import { randomUUID } from "node:crypto";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { WireEvent } from "@/lib/events/wire";
import type { Actor } from "@/server/platform/scope";
import { createFakePool, type FakePool } from "@/tests/fakes/copilot-pool";
import { createTestDatabase, type TestDatabase, terminateConnections } from "@/tests/support/database";
import {
  createActor,
  eventually,
  hasEnded,
  NO_LIMITS,
  startTestProcess,
  type TestProcess,
  textsOf,
  watchUntil,
} from "@/tests/support/process";
import { startSql } from "./store";
import { SEND_LATE_MS, TAKE_UPS_MAX } from "./tunables";

let database: TestDatabase;
let pool: FakePool;
let one: TestProcess;
let other: TestProcess;
let mona: Actor;
let sessionId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  return () => database[Symbol.asyncDispose]();
});

beforeEach(async () => {
  pool = createFakePool();
  one = startTestProcess(database, pool);
  other = startTestProcess(database, pool);
  mona = await createActor(database);
  sessionId = (await one.sessions.create(mona, { title: "named" })).id;
});

// A task that leaked fails here.
afterEach(() => Promise.all([one[Symbol.asyncDispose](), other[Symbol.asyncDispose]()]));

const send = async (process: TestProcess, prompt = "hello", idempotencyKey: string = randomUUID()) =>
  (await process.turns.send(mona, { sessionId, prompt, idempotencyKey })).turnId;
const until = (process: TestProcess, test: (events: WireEvent[]) => boolean) =>
  watchUntil({ process, actor: mona, sessionId }, test);
const log = () => one.log.read(sessionId, { afterSeq: 0, limit: 10_000 });
const head = () => database.db.sessionHead.findUniqueOrThrow({ where: { sessionId } });
/** The answers as a reader of these events sees them; a thought that was taken back is an empty text. */
const answersOf = (events: WireEvent[]) => textsOf(events).filter((text) => text !== "");
/** The lease ran out, and its holder can renew it no more: its next renewal may come at any moment. */
const expire = () =>
  database.db.$executeRaw`
    UPDATE "SessionHead" SET "leaseOwner" = 'gone', "leaseExpiresAt" = now() - interval '1 ms'
    WHERE "sessionId" = ${sessionId}::uuid`;

/** Every number of the log is there or explained by a fold, and no text of a delta is left. */
function expectWhole(events: WireEvent[]): void {
  const folded = events.flatMap((event) => ("folded" in event.data ? event.data.folded : []));
  const explained = folded.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, n) => from + n));
  const all = [...events.map((event) => event.seq), ...explained].sort((a, b) => a - b);
  expect(all).toEqual(all.map((_, index) => index + 1));
  expect(events.map((event) => event.type)).not.toContain("assistant.delta");
}

/** Starts a turn in a process and leaves it in mid-answer. */
async function running(process: TestProcess) {
  pool.first.autoAnswer = false;
  const turnId = await send(process);
  const prompted = await pool.first.prompted();
  pool.first.autoAnswer = true;
  prompted.emit({ kind: "delta", messageId: prompted.messageId, text: "half " });
  await until(process, (events) => events.some((event) => event.type === "assistant.delta"));
  return { turnId, ...prompted };
}

/** A turn as a process leaves it that died under fence 5: prompt, start, and some of its text. */
async function left({ takeUps = 0, turnId = randomUUID() as string } = {}): Promise<string> {
  const fence = 5;
  await database.db.sessionHead.update({
    where: { sessionId },
    data: { fence, leaseOwner: "dead", leaseExpiresAt: new Date(Date.now() + 60_000) },
  });
  const dead = { sessionId, guard: { fence } };
  await one.log.append({ ...dead, events: [{ type: "user.message", turnId, data: { content: "x" } }] });
  await database.db.turn.create({
    data: { id: turnId, sessionId, idempotencyKey: "k", prompt: "x", seq: 1, takeUps },
  });
  await one.log.append({
    ...dead,
    first: startSql(
      { turnId, owner: mona.ownerId, preferredId: null, servers: [pool.first.id], limits: NO_LIMITS },
      fence,
      null,
    ),
    events: [{ type: "turn.started", turnId, data: { model: null } }],
  });
  for (const text of ["it ", "was ", "said"]) {
    const events = [{ type: "assistant.delta" as const, turnId, data: { messageId: "m", text } }];
    await one.log.append({ ...dead, events });
    await one.log.append({
      ...dead,
      events: [{ type: "assistant.reasoning_delta", turnId, data: { reasoningId: "r", text } }],
    });
  }
  await expire();
  return turnId;
}

describe("a turn left running by a process that died", () => {
  it("goes on in another: what had arrived is taken back, and the answer comes whole", async () => {
    const turnId = await left();
    other.clock.jump(5_000);
    const events = await until(one, hasEnded(turnId));
    expect(events.at(-1)?.data).toEqual({ outcome: "succeeded" });
    expectWhole(await log());
    expect(answersOf(events)).toEqual(["You said: x"]);
    expect(answersOf(await log())).toEqual(["You said: x"]);
  });

  it("goes on where the CLI still has the answer, without asking again", async () => {
    const turnId = randomUUID();
    const said = {
      kind: "message",
      messageId: "m",
      content: "it was said, all of it",
      reasoning: null,
    } as const;
    pool.first.disk.add(sessionId);
    pool.journal.set(turnId, [said]);
    await left({ turnId });
    other.clock.jump(5_000);
    const events = await until(one, hasEnded(turnId));
    expect(events.at(-1)?.data).toEqual({ outcome: "succeeded" });
    expect(answersOf(events)).toContain("it was said, all of it");
    expect(answersOf(await log())).toEqual(answersOf(events));
    expect(pool.first.calls.map(({ method }) => method)).toContain("recall");
    expect(pool.first.calls.map(({ method }) => method)).not.toContain("send");
  });

  it("before its prompt was sent, is left to whoever takes it up, and succeeds", async () => {
    const attach = pool.first.hold("attach");
    const turnId = await send(one);
    await pool.first.held("attach");
    // As another process does that did not see this one for a while.
    await database.db.sessionHead.update({ where: { sessionId }, data: { leaseOwner: null } });
    one.clock.jump(SEND_LATE_MS + 1);
    attach();
    expect((await until(one, hasEnded(turnId))).at(-1)?.data).toEqual({ outcome: "succeeded" });
    expect(pool.first.calls.filter(({ method }) => method === "send")).toHaveLength(1);
  });

  it("that was to be stopped is ended aborted, with its text kept", async () => {
    const turnId = await left();
    await database.db.turn.update({ where: { id: turnId }, data: { abortRequestedAt: new Date() } });
    other.clock.jump(5_000);
    const events = await until(one, hasEnded(turnId));
    expect(events.at(-1)?.data).toEqual({ outcome: "aborted" });
    expect(pool.first.calls).toEqual([]);
    expect(answersOf(events)).toContain("it was said");
  });

  it("that has killed its process again and again is ended interrupted, with its text kept, and can be retried", async () => {
    const turnId = await left({ takeUps: TAKE_UPS_MAX });
    other.clock.jump(5_000);
    const events = await until(one, hasEnded(turnId));
    expect(events.at(-1)?.data).toMatchObject({ outcome: "failed", code: "interrupted" });
    const stored = await log();
    expectWhole(stored);
    expect(stored.slice(2, 4).map((event) => event.data)).toMatchObject([
      { messageId: "m", content: "it was said", partial: true },
      { reasoningId: "r", content: "it was said" },
    ]);
    expect(await one.turns.get(mona, turnId)).toMatchObject({ status: "failed", code: "interrupted" });
    const { turnId: next } = await one.turns.retry(mona, turnId);
    expect((await until(one, hasEnded(next))).at(-1)?.data).toEqual({ outcome: "succeeded" });
  });
});

describe("a turn that lost its lease", () => {
  it("while its session was being attached, is not sent", async () => {
    const attach = pool.first.hold("attach");
    await send(one);
    await pool.first.held("attach");
    await expire();
    expect((await other.leases.claim(sessionId)).won).toBe(true);
    one.clock.jump(SEND_LATE_MS + 1);
    attach();
    await eventually(() => one.runner.load()).toEqual({ held: 0, running: 0 });
    expect(pool.first.calls.map(({ method }) => method)).not.toContain("send");
  });

  it("never appends another event; the CLI session is let go; row and log agree", async () => {
    const turn = await running(one);
    await expire();
    other.runner.kick(sessionId);
    await eventually(() => pool.first.attachments(sessionId)).toBe(2);
    turn.answer(["half ", "and half"]);
    const ended = await until(other, hasEnded(turn.turnId));
    expect(ended.at(-1)?.data).toEqual({ outcome: "succeeded" });
    const before = await log();
    await eventually(() => one.runner.load().running).toBe(0);
    await eventually(() => pool.first.calls.map(({ method }) => method)).toContain("detach");
    expect(await log()).toEqual(before);
    expectWhole(before);
    expect(answersOf(before)).toEqual(["half and half"]);
    expect(await one.turns.get(mona, turn.turnId)).toMatchObject({ status: "succeeded" });
  });

  it("cannot end its turn between the other's claim and the other's first write", async () => {
    const turn = await running(one);
    await expire();
    expect((await other.leases.claim(sessionId)).won).toBe(true);
    const before = await log();
    turn.answer(["half ", "too late"]);
    await eventually(() => one.runner.load().running).toBe(0);
    expect(await log()).toEqual(before);
    expect(await one.turns.get(mona, turn.turnId)).toMatchObject({ status: "running" });
    other.runner.kick(sessionId);
    await until(other, hasEnded(turn.turnId));
    expectWhole(await log());
    expect(await one.turns.get(mona, turn.turnId)).toMatchObject({ status: "succeeded" });
    expect(answersOf(await log())).toEqual(["half too late"]);
  });

  it("does not disturb the process that drives the session now", async () => {
    await until(one, hasEnded(await send(one)));
    // Whoever has nothing left to do asks once more for its lease, which is kept by that.
    await eventually(async () => {
      await expire();
      return (await other.leases.claim(sessionId)).won;
    }).toBe(true);
    // Rung by the other's prompt, the first process looks, finds its lease gone, and leaves it at that.
    const turn = await running(other);
    one.runner.kick(sessionId);
    await eventually(() => one.runner.load().running).toBe(0);
    turn.answer(["right"]);
    expect((await until(one, hasEnded(turn.turnId))).at(-1)?.data).toEqual({ outcome: "succeeded" });
    expect((await head()).leaseOwner).toBe(other.id);
    expectWhole(await log());
  });
});

describe("a session whose lease another process holds", () => {
  it("has its prompt run there, whoever took it", async () => {
    await until(one, hasEnded(await send(one, "first")));
    const turnId = await send(other, "second");
    expect((await until(other, hasEnded(turnId))).at(-1)?.data).toEqual({ outcome: "succeeded" });
    expect((await head()).leaseOwner).toBe(one.id);
    expect(pool.first.calls.filter((call) => call.method === "send")).toHaveLength(2);
  });

  it("moves on when that process ends, and keeps its conversation", async () => {
    await until(one, hasEnded(await send(one, "first")));
    await one[Symbol.asyncDispose]();
    const events = await until(other, hasEnded(await send(other, "second")));
    expect(events.at(-1)?.data).toEqual({ outcome: "succeeded" });
    expect(events.map((event) => event.type)).not.toContain("turn.notice");
    expect((await head()).leaseOwner).toBe(other.id);
  });

  it("is released even where its turn was stopped before it began", async () => {
    const { fence } = await head();
    for (let round = 0; round < 5; round++) {
      const turnId = await send(one);
      await one.turns.abort(mona, sessionId);
      await until(one, hasEnded(turnId));
    }
    expect((await head()).fence).toBeGreaterThanOrEqual(fence);
    await one[Symbol.asyncDispose]();
    expect((await head()).leaseOwner).not.toBe(one.id);
  });
});

describe("a database that goes away in mid-turn", () => {
  it("costs nothing: every word arrives, no number is missing or there twice", async () => {
    const turn = await running(one);
    const words = Array.from({ length: 120 }, (_, index) => `w${index} `);
    for (const [index, word] of words.entries()) {
      turn.emit({ kind: "delta", messageId: turn.messageId, text: word });
      if (index % 30 === 15) await terminateConnections(database);
      else await one.clock.sleep(2);
    }
    const content = `half ${words.join("")}`;
    turn.emit(
      { kind: "message", messageId: turn.messageId, content, reasoning: null },
      { kind: "idle", aborted: false },
    );
    await eventually(() => one.turns.get(mona, turn.turnId).catch(() => null)).toMatchObject({
      status: "succeeded",
    });
    const stored = await log();
    expectWhole(stored);
    expect(
      stored.filter((event) => event.type === "assistant.message").map((event) => event.data),
    ).toMatchObject([{ content, partial: false }]);
    expect(stored.filter((event) => event.type === "turn.ended")).toHaveLength(1);
  });

  it("while a prompt is being taken leaves one turn or none, and the same key finds out which", async () => {
    for (let round = 0; round < 4; round++) {
      sessionId = (await one.sessions.create(mona, { title: "named" })).id;
      const key = randomUUID();
      await Promise.allSettled([send(one, "once", key), terminateConnections(database)]);
      const sent = () => send(one, "once", key).catch(() => null);
      await eventually(sent).toEqual(expect.any(String));
      const turnId = (await sent()) ?? "";
      await eventually(() => one.turns.get(mona, turnId).catch(() => null)).toMatchObject({
        status: expect.stringMatching(/succeeded|failed/),
      });
      expect(await database.db.turn.count({ where: { sessionId } })).toBe(1);
    }
  });
});
