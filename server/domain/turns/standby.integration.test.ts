import { randomUUID } from "node:crypto";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { WireEvent } from "@/lib/events/wire";
import type { Actor } from "@/server/platform/scope";
import { createFakePool, type FakePool } from "@/tests/fakes/copilot-pool";
import { createTestDatabase, type TestDatabase } from "@/tests/support/database";
import {
  createActor,
  eventually,
  hasEnded,
  startTestProcess,
  type TestProcess,
  textsOf,
  watchUntil,
} from "@/tests/support/process";
import {
  ABORT_GRACE_MS,
  HEARD_CHARS_MAX,
  IDLE_DETACH_MS,
  STANDBY_AFTER_MOVE_MS,
  STANDBY_CHECK_MS,
  SWEEP_EVERY_MS,
} from "./tunables";

let database: TestDatabase;
let pool: FakePool;
let running: TestProcess[];
let mona: Actor;
let sessionId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  return () => database[Symbol.asyncDispose]();
});

beforeEach(async () => {
  pool = createFakePool("cli-1", "cli-2");
  running = [];
  mona = await createActor(database);
});

// A task that leaked fails here.
afterEach(async () => {
  await Promise.all(running.map((process) => process[Symbol.asyncDispose]()));
});

/** Starts processes that know of each other. */
async function start<Roles extends ("all" | "web" | "worker")[]>(...roles: Roles) {
  running = roles.map((role) => startTestProcess(database, pool, { role }));
  for (const process of running) await process.known(roles.length - 1);
  const [first] = running;
  if (!first) throw new Error("no process");
  sessionId = (await first.sessions.create(mona, { title: "named" })).id;
  return running as { [Index in keyof Roles]: TestProcess };
}

const send = async (process: TestProcess, prompt = "hello") =>
  (await process.turns.send(mona, { sessionId, prompt, idempotencyKey: randomUUID() })).turnId;
const until = (process: TestProcess, test: (events: WireEvent[]) => boolean) =>
  watchUntil({ process, actor: mona, sessionId }, test);
const head = () => database.db.sessionHead.findUniqueOrThrow({ where: { sessionId } });
const log = (process: TestProcess) => process.log.read(sessionId, { afterSeq: 0, limit: 10_000 });
const sends = () => pool.servers.flatMap(({ calls }) => calls).filter(({ method }) => method === "send");

/** A turn of a process that was alone when it began, in mid-answer, for which another came to stand by later. */
async function begunAlone(said: string) {
  const [one] = await start("all");
  const turn = await begun(one);
  turn.say(said);
  const other = startTestProcess(database, pool);
  running.push(other);
  await eventually(() => pool.first.attachments(sessionId)).toBe(2);
  return { one, other, turn };
}

const NUMBERS = Array.from({ length: 100 }, (_, n) => `${n} `);

/** A turn of `process` in mid-answer. */
async function begun(process: TestProcess) {
  pool.first.autoAnswer = false;
  const turnId = await send(process);
  const prompted = await pool.first.prompted();
  pool.first.autoAnswer = true;
  const say = (text: string) => prompted.emit({ kind: "delta", messageId: prompted.messageId, text });
  say("one ");
  await until(process, (events) => events.some((event) => event.type === "assistant.delta"));
  return { turnId, say, ...prompted };
}

describe("a turn of a process that dies, while another stands by", () => {
  it("goes on there: the prompt was sent once, and the text is as if nothing had happened", async () => {
    const [one, other] = await start("all", "all");
    const turn = await begun(one);
    expect(pool.first.attachments(sessionId)).toBe(2);
    expect(await head()).toMatchObject({ leaseOwner: one.id, standby: other.id });
    await one.vanish();
    turn.say("two ");
    await eventually(async () => (await head()).leaseOwner).toBe(other.id);
    turn.say("three");
    turn.answer([]);
    turn.emit({ kind: "message", messageId: turn.messageId, content: "one two three", reasoning: null });
    turn.emit({ kind: "idle", aborted: false });
    const events = await until(other, hasEnded(turn.turnId));
    expect(events.at(-1)?.data).toEqual({ outcome: "succeeded" });
    expect(sends()).toHaveLength(1);
    expect(events.map(({ type }) => type)).not.toContain("assistant.retracted");
    expect(textsOf(await log(other))).toEqual(textsOf(events));
    // The one that was cut off has let go.
    await eventually(() => one.runner.load().running).toBe(0);
    await eventually(() => pool.first.attachments(sessionId)).toBe(1);
  });

  it("ends where the CLI had finished the answer, and only its writing was missing", async () => {
    const [one, other] = await start("all", "all");
    const turn = await begun(one);
    // From now on the first one cannot write: its lease is the other's.
    await database.db.sessionHead.update({
      where: { sessionId },
      data: { fence: { increment: 1 }, leaseOwner: null },
    });
    turn.answer(["one ", "two"]);
    await one.vanish();
    other.runner.kick(sessionId);
    const events = await until(other, hasEnded(turn.turnId));
    expect(events.at(-1)?.data).toEqual({ outcome: "succeeded" });
    expect(sends()).toHaveLength(1);
  });

  it("is asked of the CLI where more was said than a standby keeps", async () => {
    const [one, other] = await start("all", "all");
    const turn = await begun(one);
    turn.say("x".repeat(HEARD_CHARS_MAX));
    await one.vanish();
    await eventually(async () => (await head()).leaseOwner).toBe(other.id);
    turn.emit({ kind: "message", messageId: turn.messageId, content: "all of it", reasoning: null });
    turn.emit({ kind: "idle", aborted: false });
    const events = await until(other, hasEnded(turn.turnId));
    expect(textsOf(events)).toEqual(["all of it"]);
    expect(sends()).toHaveLength(1);
  });

  it("goes on in one that came after it had begun, at the very word", async () => {
    const { one, other, turn } = await begunAlone("before ");
    for (const number of NUMBERS) turn.say(number);
    await until(one, (events) => textsOf(events).join("").includes("99 "));
    await one.vanish();
    turn.say("meanwhile ");
    await eventually(async () => (await head()).leaseOwner).toBe(other.id);
    turn.say("afterwards");
    const content = `one before ${NUMBERS.join("")}meanwhile afterwards`;
    await until(other, (events) => textsOf(events).join("") === content);
    turn.emit({ kind: "message", messageId: turn.messageId, content, reasoning: null });
    turn.emit({ kind: "idle", aborted: false });
    const events = await until(other, hasEnded(turn.turnId));
    expect(events.at(-1)?.data).toEqual({ outcome: "succeeded" });
    expect(textsOf(await log(other))).toEqual([content]);
    expect(sends()).toHaveLength(1);
  });

  it("that came too late to know at which word, shows the answer when it is whole", async () => {
    const { one, other, turn } = await begunAlone("before ");
    await one.vanish();
    turn.say("meanwhile");
    await eventually(() => pool.first.calls.map(({ method }) => method)).toContain("recall");
    const content = "one before meanwhile";
    turn.emit({ kind: "message", messageId: turn.messageId, content, reasoning: null });
    turn.emit({ kind: "idle", aborted: false });
    const events = await until(other, hasEnded(turn.turnId));
    expect(textsOf(events)).toEqual([content]);
    expect(sends()).toHaveLength(1);
  });

  it("has its whole answer also where that was said before, and only the end is missing", async () => {
    const [one, other] = await start("all", "all");
    const turn = await begun(one);
    turn.say("x".repeat(HEARD_CHARS_MAX));
    // From now on the first one cannot write: its lease is the other's.
    await database.db.sessionHead.update({
      where: { sessionId },
      data: { fence: { increment: 1 }, leaseOwner: null },
    });
    turn.emit({ kind: "message", messageId: turn.messageId, content: "all of it", reasoning: null });
    await one.vanish();
    other.runner.kick(sessionId);
    await eventually(() => pool.first.calls.map(({ method }) => method)).toContain("recall");
    turn.emit({ kind: "idle", aborted: false });
    const events = await until(other, hasEnded(turn.turnId));
    expect(events.at(-1)?.data).toEqual({ outcome: "succeeded" });
    expect(textsOf(events)).toEqual(["all of it"]);
  });
});

describe("a turn that was stopped while another process stands by", () => {
  it("and that the CLI goes on with all the same, is not heard in the next one", async () => {
    const [one] = await start("all", "all");
    const turn = await begun(one);
    pool.first.idleAfterAbort = false;
    await one.turns.abort(mona, sessionId);
    await eventually(() => pool.first.calls.map(({ method }) => method)).toContain("abort");
    one.clock.jump(ABORT_GRACE_MS);
    await until(one, hasEnded(turn.turnId));
    pool.first.autoAnswer = false;
    const next = await send(one, "next");
    await eventually(() => sends().length).toBe(2);
    turn.say("of the first ");
    turn.emit({ kind: "idle", aborted: false });
    const prompted = await pool.first.prompted();
    prompted.answer(["of the second"]);
    const events = await until(one, hasEnded(next));
    const own = events.filter(({ turnId }) => turnId === next);
    expect(textsOf(own)).toEqual(["of the second"]);
  });
});

describe("a standby", () => {
  it("leaves when the session is detached for idleness", async () => {
    const [one] = await start("all", "all");
    await until(one, hasEnded(await send(one)));
    expect(pool.first.attachments(sessionId)).toBe(2);
    one.clock.jump(IDLE_DETACH_MS + SWEEP_EVERY_MS);
    await eventually(() => pool.first.attachments(sessionId)).toBe(0);
    expect(await head()).toMatchObject({ leaseOwner: null, standby: null });
  });

  it("leaves when the session is deleted", async () => {
    const [one, other] = await start("all", "all");
    await until(one, hasEnded(await send(one)));
    await one.sessions.delete(mona, sessionId);
    await eventually(() => {
      other.clock.jump(STANDBY_CHECK_MS);
      return pool.first.attachments(sessionId);
    }).toBe(0);
  });

  it("follows the session to another CLI server", async () => {
    const [one] = await start("all", "all");
    await until(one, hasEnded(await send(one)));
    pool.first.die();
    await until(one, hasEnded(await send(one)));
    expect(pool.servers[1]?.attachments(sessionId)).toBe(2);
  });

  it("follows a turn that goes on on another CLI server", async () => {
    const [one] = await start("all", "all");
    const turn = await begun(one);
    const [, second] = pool.servers;
    if (!second) throw new Error("no second server");
    second.autoAnswer = false;
    pool.first.die();
    const again = await second.prompted();
    one.clock.jump(STANDBY_AFTER_MOVE_MS);
    await eventually(() => second.attachments(sessionId)).toBe(2);
    again.answer(["one ", "two"]);
    expect((await until(one, hasEnded(turn.turnId))).at(-1)?.data).toEqual({ outcome: "succeeded" });
  });

  it("whose place is on a server that the session has left, gives it up instead of going on there", async () => {
    const [one, other] = await start("all", "all");
    await until(one, hasEnded(await send(one)));
    expect(pool.first.attachments(sessionId)).toBe(2);
    // The first one has moved on to another server, and died there.
    await database.db.sessionHead.update({
      where: { sessionId },
      data: { fence: { increment: 1 }, leaseOwner: null, cliServer: "cli-2" },
    });
    await one.vanish();
    const next = await send(other, "next");
    await until(other, hasEnded(next));
    expect(pool.servers[1]?.calls.filter(({ method }) => method === "send")).toHaveLength(1);
    // The dead one's may be left.
    expect(pool.first.attachments(sessionId)).toBeLessThan(2);
  });

  it("that dies in mid-turn is replaced", async () => {
    const [one, second, third] = await start("all", "all", "all");
    const turn = await begun(one);
    const [gone, left] = (await head()).standby === second.id ? [second, third] : [third, second];
    await gone.vanish();
    await eventually(async () => (await head()).standby).toBe(left.id);
    turn.answer(["two"]);
    await until(one, hasEnded(turn.turnId));
  });

  it("that dies is replaced with the next turn", async () => {
    const [one, second, third] = await start("all", "all", "all");
    await until(one, hasEnded(await send(one)));
    const standby = (await head()).standby;
    const [gone, left] = standby === second.id ? [second, third] : [third, second];
    await gone.vanish();
    await one.known(1);
    await until(one, hasEnded(await send(one)));
    expect((await head()).standby).toBe(left.id);
  });

  it("is not there where a process is alone, and nobody waits for it", async () => {
    const [one] = await start("all");
    await until(one, hasEnded(await send(one)));
    expect(pool.first.attachments(sessionId)).toBe(1);
    expect((await head()).standby).toBeNull();
  });
});

describe("roles", () => {
  it("a web process takes prompts, a worker runs them, and the watcher sees it on either", async () => {
    const [web, worker] = await start("web", "worker");
    const turnId = await send(web);
    expect((await until(web, hasEnded(turnId))).at(-1)?.data).toEqual({ outcome: "succeeded" });
    expect((await head()).leaseOwner).toBe(worker.id);
    expect(web.runner.load()).toEqual({ held: 0, running: 0 });
    // The worker drives the session already.
    const next = await send(web);
    expect((await until(worker, hasEnded(next))).at(-1)?.data).toEqual({ outcome: "succeeded" });
  });

  it("a web process stops a turn that a worker runs", async () => {
    const [web, worker] = await start("web", "worker");
    const turn = await begun(web);
    await web.turns.abort(mona, sessionId);
    expect((await until(worker, hasEnded(turn.turnId))).at(-1)?.data).toEqual({ outcome: "aborted" });
  });

  it("a web process is nobody's standby", async () => {
    const [worker] = await start("worker", "web");
    await until(worker, hasEnded(await send(worker)));
    expect(pool.first.attachments(sessionId)).toBe(1);
  });
});
