import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Turn } from "@/lib/contracts/turns";
import type { WireEvent } from "@/lib/events/wire";
import type { Actor } from "@/server/platform/scope";
import { createFakePool, type FakePool } from "@/tests/fakes/copilot-pool";
import { createTestDatabase, type TestDatabase } from "@/tests/support/database";
import {
  createActor,
  hasEnded,
  startTestProcess,
  type TestProcess,
  watchUntil,
} from "@/tests/support/process";

let database: TestDatabase;
let pool: FakePool;
let here: TestProcess;
let there: TestProcess;
let mona: Actor;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createFakePool();
  here = startTestProcess(database, pool);
  there = startTestProcess(database, pool);
  mona = await createActor(database);
});

afterAll(async () => {
  await here?.[Symbol.asyncDispose]();
  await there?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

const newSession = async () => (await here.sessions.create(mona, {})).id;
const prompt = (sessionId: string, text: string, idempotencyKey: string = randomUUID()) => ({
  sessionId,
  prompt: text,
  idempotencyKey,
});
const ended = async (sessionId: string, turnId: string): Promise<WireEvent[]> =>
  watchUntil({ process: here, actor: mona, sessionId }, hasEnded(turnId));
const turnsOf = (sessionId: string) => database.db.turn.findMany({ where: { sessionId } });
const sends = (sessionId: string) =>
  pool.first.calls.filter((call) => call.method === "send" && call.sessionId === sessionId);

describe("a prompt", () => {
  it("is answered, and its turn tells how it went", async () => {
    const sessionId = await newSession();
    const { turnId, seq, status } = await here.turns.send(mona, prompt(sessionId, "hello"));
    expect([seq, status]).toEqual([1, "queued"]);
    const events = await ended(sessionId, turnId);
    expect(events.at(-1)).toMatchObject({ type: "turn.ended", turnId, data: { outcome: "succeeded" } });
    const turn: Turn = await here.turns.get(mona, turnId);
    expect(turn).toMatchObject({
      turnId,
      sessionId,
      seq: 1,
      status: "succeeded",
      prompt: "hello",
      code: null,
    });
    expect(turn.endedAt?.getTime()).toBeGreaterThanOrEqual(turn.startedAt?.getTime() ?? Number.NaN);
  });

  it("sent 50 times at once with one key, over two processes, is one turn that runs once", async () => {
    const sessionId = await newSession();
    const request = prompt(sessionId, "only once");
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => (index % 2 ? here : there).turns.send(mona, request)),
    );
    expect(new Set(answers.map((answer) => `${answer.turnId} ${answer.seq}`)).size).toBe(1);
    await ended(sessionId, answers[0]?.turnId ?? "");
    expect(await here.turns.send(mona, request)).toMatchObject({ status: "succeeded" });
    expect(await turnsOf(sessionId)).toHaveLength(1);
    expect(sends(sessionId)).toHaveLength(1);
  });

  it("with a used key and other words is a conflict, while the first runs and afterwards", async () => {
    const sessionId = await newSession();
    const { turnId } = await here.turns.send(mona, prompt(sessionId, "one", "key"));
    const other = () => there.turns.send(mona, prompt(sessionId, "two", "key"));
    await expect(other()).rejects.toMatchObject({ code: "idempotency_conflict" });
    await ended(sessionId, turnId);
    await expect(other()).rejects.toMatchObject({ code: "idempotency_conflict" });
    expect(await turnsOf(sessionId)).toHaveLength(1);
  });

  it("is refused while another is being answered, and leaves nothing behind", async () => {
    const sessionId = await newSession();
    const results = await Promise.allSettled([
      here.turns.send(mona, prompt(sessionId, "one")),
      there.turns.send(mona, prompt(sessionId, "two")),
      here.turns.send(mona, prompt(sessionId, "three")),
    ]);
    const won = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    const refused = results.flatMap((result) => (result.status === "rejected" ? [result.reason.code] : []));
    expect([won.length, refused]).toEqual([1, ["turn_already_active", "turn_already_active"]]);
    const events = await ended(sessionId, won[0]?.turnId ?? "");
    expect(events.filter((event) => event.type === "user.message")).toHaveLength(1);
  });

  it("with the same key in two sessions is two turns", async () => {
    const [one, two] = [await newSession(), await newSession()];
    const first = await here.turns.send(mona, prompt(one, "a", "shared"));
    const second = await here.turns.send(mona, prompt(two, "b", "shared"));
    expect(first.turnId).not.toBe(second.turnId);
    await Promise.all([ended(one, first.turnId), ended(two, second.turnId)]);
  });

  it("and renames of its session at the same time do not block each other", async () => {
    for (let round = 0; round < 5; round++) {
      const sessionId = await newSession();
      const [{ turnId }] = await Promise.all([
        here.turns.send(mona, prompt(sessionId, "hello")),
        ...[1, 2, 3, 4].map((n) =>
          (n % 2 ? here : there).sessions.update(mona, { sessionId, title: `t${n}` }),
        ),
      ]);
      await ended(sessionId, turnId);
    }
  });

  it("brings an archived session back and names one that nobody has named", async () => {
    const sessionId = await newSession();
    await here.sessions.update(mona, { sessionId, archived: true });
    const { turnId } = await here.turns.send(mona, prompt(sessionId, "# What is a *lease*?\nmore"));
    await ended(sessionId, turnId);
    const after = await here.sessions.get(mona, sessionId);
    expect(after).toMatchObject({ archived: false, title: "What is a *lease*?", activeTurn: null });
  });

  it("survives the process that took it: another one runs it", async () => {
    const sessionId = await newSession();
    const data = { id: randomUUID(), sessionId, idempotencyKey: "k", prompt: "left alone", seq: 1 };
    await here.log.append({
      sessionId,
      guard: { owner: mona.ownerId },
      events: [{ type: "user.message", turnId: data.id, data: { content: data.prompt } }],
    });
    const createdAt = new Date(Date.now() - 60_000);
    await database.db.turn.create({ data: { ...data, createdAt } });
    here.clock.jump(5_000);
    there.clock.jump(5_000);
    const events = await ended(sessionId, data.id);
    expect(events.at(-1)?.data).toEqual({ outcome: "succeeded" });
    expect(sends(sessionId)).toHaveLength(1);
  });
});

describe("a stop", () => {
  it("ends a running turn aborted, from any process, and the CLI is told", async () => {
    const sessionId = await newSession();
    pool.first.autoAnswer = false;
    const { turnId } = await here.turns.send(mona, prompt(sessionId, "long"));
    const running = await pool.first.prompted();
    pool.first.autoAnswer = true;
    running.emit({ kind: "delta", messageId: "m", text: "half" });
    expect(await there.turns.abort(mona, sessionId)).toEqual({ aborted: true });
    const events = await ended(sessionId, turnId);
    expect(events.at(-1)?.data).toEqual({ outcome: "aborted" });
    expect(events.find((event) => event.type === "assistant.message")?.data).toMatchObject({
      content: "half",
      partial: true,
    });
    expect(pool.first.calls.filter((call) => call.method === "abort")).toHaveLength(1);
  });

  it("ends a queued turn, which then never runs", async () => {
    const sessionId = await newSession();
    await database.db.sessionHead.update({
      where: { sessionId },
      data: { leaseOwner: "somebody", leaseExpiresAt: new Date(Date.now() + 60_000) },
    });
    const { turnId } = await here.turns.send(mona, prompt(sessionId, "waits"));
    expect(await here.turns.abort(mona, sessionId)).toEqual({ aborted: true });
    const events = await ended(sessionId, turnId);
    expect(events.map((event) => event.type)).toEqual(["user.message", "turn.ended"]);
    expect(await here.turns.abort(mona, sessionId)).toEqual({ aborted: false });
    expect(sends(sessionId)).toEqual([]);
  });

  it("at any moment leaves a session that can go on: never a turn without an end, never two ends", async () => {
    for (let round = 0; round < 10; round++) {
      const sessionId = await newSession();
      const { turnId } = await here.turns.send(mona, prompt(sessionId, "quick"));
      await Promise.all([here.turns.abort(mona, sessionId), there.turns.abort(mona, sessionId)]);
      const events = await ended(sessionId, turnId);
      expect(events.filter((event) => event.type === "turn.ended")).toHaveLength(1);
      const { status } = await here.turns.get(mona, turnId);
      expect(events.at(-1)?.data).toMatchObject({ outcome: status });
      const next = await there.turns.send(mona, prompt(sessionId, "next"));
      const all = await ended(sessionId, next.turnId);
      expect(all.at(-1)?.data).toEqual({ outcome: "succeeded" });
    }
  });
});

describe("a retry", () => {
  async function failedTurn(): Promise<{ sessionId: string; turnId: string }> {
    const sessionId = await newSession();
    here.credentials.failure = new Error("no token");
    there.credentials.failure = here.credentials.failure;
    const { turnId } = await here.turns.send(mona, prompt(sessionId, "try me"));
    await ended(sessionId, turnId);
    here.credentials.failure = null;
    there.credentials.failure = null;
    return { sessionId, turnId };
  }

  it("sends the kept prompt again as a new turn, once, however often it is asked", async () => {
    const { sessionId, turnId } = await failedTurn();
    const retries = await Promise.all(
      [here, there, here, there].map((process) => process.turns.retry(mona, turnId)),
    );
    expect(new Set(retries.map((retry) => retry.turnId)).size).toBe(1);
    const events = await ended(sessionId, retries[0]?.turnId ?? "");
    const prompts = events.filter((event) => event.type === "user.message");
    expect(prompts.map((event) => event.data)).toEqual([
      { content: "try me" },
      { content: "try me", retryOf: turnId },
    ]);
    expect(events.at(-1)?.data).toEqual({ outcome: "succeeded" });
    expect(await here.turns.retry(mona, turnId)).toMatchObject({ status: "succeeded" });
  });

  it("of a turn that succeeded or still runs is refused", async () => {
    const sessionId = await newSession();
    const { turnId } = await here.turns.send(mona, prompt(sessionId, "fine"));
    await ended(sessionId, turnId);
    await expect(here.turns.retry(mona, turnId)).rejects.toMatchObject({ code: "turn_not_retryable" });
  });
});
