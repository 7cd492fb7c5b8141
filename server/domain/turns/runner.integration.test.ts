import { randomUUID } from "node:crypto";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { AppError } from "@/lib/errors/app-error";
import type { WireEvent } from "@/lib/events/wire";
import { CopilotError } from "@/server/copilot/errors";
import type { Actor } from "@/server/platform/scope";
import { createFakePool, type FakePool, type FakeServer } from "@/tests/fakes/copilot-pool";
import { createTestDatabase, type TestDatabase } from "@/tests/support/database";
import {
  createActor,
  eventually,
  hasEnded,
  startTestProcess,
  type TestProcess,
  textsOf,
  watchToEnd,
  watchUntil,
} from "@/tests/support/process";
import {
  ABORT_GRACE_MS,
  IDLE_DETACH_MS,
  MOVES_MAX,
  SERVER_NOTICE_MS,
  SERVER_WAIT_MS,
  SWEEP_EVERY_MS,
  TURN_SILENCE_MAX_MS,
} from "./tunables";

let database: TestDatabase;
let pool: FakePool;
let cli: FakeServer;
let app: TestProcess;
let mona: Actor;
let sessionId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  return () => database[Symbol.asyncDispose]();
});

beforeEach(async () => {
  pool = createFakePool("cli-1", "cli-2");
  cli = pool.first;
  app = startTestProcess(database, pool);
  mona = await createActor(database);
  sessionId = (await app.sessions.create(mona, { title: "named" })).id;
});

// A task that leaked fails here.
afterEach(() => app[Symbol.asyncDispose]());

const send = async (prompt = "hello") =>
  (await app.turns.send(mona, { sessionId, prompt, idempotencyKey: randomUUID() })).turnId;
const until = (test: (events: WireEvent[]) => boolean) =>
  watchUntil({ process: app, actor: mona, sessionId }, test);
const ended = (turnId: string) => until(hasEnded(turnId));
const endOf = async (turnId: string) => (await ended(turnId)).findLast((e) => e.type === "turn.ended")?.data;
const has = (type: WireEvent["type"]) => until((events) => events.some((event) => event.type === type));
const delta = (text: string, messageId = "m") => ({ kind: "delta", messageId, text }) as const;
const movesOf = (events: WireEvent[]) =>
  events.flatMap((event) => (event.type === "session.moved" ? [event.data] : []));
const stored = async () => textsOf(await app.log.read(sessionId, { afterSeq: 0, limit: 1_000 }));
const noticesOf = (events: WireEvent[]) =>
  events.flatMap((event) => (event.type === "turn.notice" ? [event.data.code] : []));
const methods = (server = cli) =>
  server.calls.filter((call) => call.sessionId === sessionId).map((call) => call.method);

/** A turn whose prompt the CLI has taken and not answered. */
async function running(prompt = "long") {
  cli.autoAnswer = false;
  const turnId = await send(prompt);
  const prompted = await cli.prompted();
  cli.autoAnswer = true;
  return { turnId, ...prompted };
}

describe("a CLI server that dies", () => {
  it("before the prompt is replaced by another, within the wait", async () => {
    cli.die();
    expect(await endOf(await send())).toEqual({ outcome: "succeeded" });
    expect(methods(pool.servers[1])).toEqual(["attach", "send"]);
  });

  it("before the prompt, with no other: the turn waits, says so, and runs when it is back", async () => {
    for (const server of pool.servers) server.die();
    const turnId = await send();
    await has("turn.started");
    app.clock.jump(SERVER_NOTICE_MS);
    await has("turn.notice");
    cli.revive();
    const events = await ended(turnId);
    expect(noticesOf(events)).toEqual(["waiting_for_server"]);
    expect(events.at(-1)?.data).toEqual({ outcome: "succeeded" });
  });

  it("and stays away ends the turn fleet_exhausted, with the prompt kept for a retry", async () => {
    for (const server of pool.servers) server.die();
    const turnId = await send("keep me");
    await has("turn.started");
    app.clock.jump(SERVER_WAIT_MS);
    expect(await endOf(turnId)).toMatchObject({ outcome: "failed", code: "fleet_exhausted" });
    cli.revive();
    const retry = await app.turns.retry(mona, turnId);
    const events = await ended(retry.turnId);
    expect(events.at(-1)?.data).toEqual({ outcome: "succeeded" });
    // It was never answered before, so nothing was forgotten.
    expect(noticesOf(events)).not.toContain("memory_lost");
  });

  it("while the session is being attached is replaced, without a word about lost memory", async () => {
    cli.hold("attach");
    const turnId = await send();
    await cli.held("attach");
    cli.die();
    const events = await ended(turnId);
    expect(events.at(-1)?.data).toEqual({ outcome: "succeeded" });
    expect(noticesOf(events)).toEqual([]);
  });

  it("while it takes the prompt is replaced; the next one is asked, and gets the prompt where it was not taken", async () => {
    cli.hold("send");
    const turnId = await send();
    await cli.held("send");
    cli.die();
    const events = await ended(turnId);
    expect(events.at(-1)?.data).toEqual({ outcome: "succeeded" });
    expect(methods(pool.servers[1])).toEqual(["attach", "recall", "send"]);
    expect(movesOf(events)).toEqual([{ from: "cli-1", to: "cli-2", reason: "server_lost" }]);
  });

  it("in mid-answer: the answer is asked for again elsewhere, and its first half is taken back", async () => {
    const turn = await running();
    turn.emit(delta("half "), delta("an answer"));
    await has("assistant.delta");
    cli.die();
    const events = await ended(turn.turnId);
    expect(events.at(-1)?.data).toEqual({ outcome: "succeeded" });
    expect(movesOf(events)).toEqual([{ from: "cli-1", to: "cli-2", reason: "server_lost" }]);
    expect(textsOf(events)).toEqual(["You said: long"]);
    expect(await stored()).toEqual(["You said: long"]);
  });

  it("after the whole answer: it is not asked for again", async () => {
    const turn = await running();
    turn.emit({ kind: "message", messageId: "m", content: "all of it", reasoning: null });
    cli.die();
    const events = await ended(turn.turnId);
    expect(events.at(-1)?.data).toEqual({ outcome: "succeeded" });
    expect(textsOf(events)).toEqual(["all of it"]);
    expect(methods(pool.servers[1])).toEqual(["attach", "recall"]);
  });

  it("and comes back itself, where there is no other", async () => {
    pool.servers[1]?.die();
    const turn = await running();
    turn.emit(delta("half"));
    await has("assistant.delta");
    cli.die();
    cli.revive();
    const events = await ended(turn.turnId);
    expect(movesOf(events)).toEqual([{ from: "cli-1", to: "cli-1", reason: "server_lost" }]);
    expect(textsOf(events)).toEqual(["You said: long"]);
  });

  it("again and again ends the turn with what had arrived, and the next turn goes on", async () => {
    cli.autoAnswer = false;
    const turnId = await send();
    for (let move = 0; move <= MOVES_MAX; move++) {
      const prompted = await cli.prompted();
      prompted.emit(delta(`try ${move}`, `m-${move}`));
      await until((events) => textsOf(events).includes(`try ${move}`));
      cli.die();
      cli.revive();
    }
    const events = await ended(turnId);
    expect(events.at(-1)?.data).toMatchObject({ outcome: "failed", code: "cli_server_lost" });
    expect(textsOf(events)).toEqual([`try ${MOVES_MAX}`]);
    cli.autoAnswer = true;
    expect(await endOf(await send())).toEqual({ outcome: "succeeded" });
  });

  it("while the turn is being stopped: it ends aborted, and nothing is asked again", async () => {
    const turn = await running();
    cli.idleAfterAbort = false;
    await app.turns.abort(mona, sessionId);
    await eventually(() => methods()).toContain("abort");
    cli.die();
    expect(await endOf(turn.turnId)).toEqual({ outcome: "aborted" });
    expect(methods(pool.servers[1])).toEqual([]);
  });

  it("between two turns and comes back without the conversation: it is told again from the log, as long as the session lives", async () => {
    await ended(await send("one"));
    cli.die();
    cli.disk.clear();
    cli.revive();
    const events = await ended(await send("two"));
    expect(noticesOf(events)).toEqual(["memory_rebuilt"]);
    expect(events.at(-1)?.data).toEqual({ outcome: "succeeded" });
    const told = cli.told.get(sessionId);
    expect(told).toContain("User: one\n\nAssistant: You said: one");
    expect(told).not.toContain("two");
    // The server has the rest itself.
    cli.die();
    cli.revive();
    expect(noticesOf(await ended(await send("three")))).toEqual(["memory_rebuilt"]);
    expect(cli.told.get(sessionId)).toBe(told);
  });

  it("between two turns and comes back with the conversation: nothing is said", async () => {
    await ended(await send("one"));
    cli.die();
    cli.revive();
    expect(noticesOf(await ended(await send("two")))).toEqual([]);
  });

  it("just as a changed model is being set is replaced, because nothing was sent yet", async () => {
    await ended(await send("one"));
    await app.sessions.update(mona, { sessionId, model: "beta" });
    cli.refuse("setModel", new CopilotError("cli_server_lost", "gone"));
    expect(await endOf(await send("two"))).toEqual({ outcome: "succeeded" });
  });
});

describe("a CLI server that hangs", () => {
  it("in mid-answer ends the turn timed_out, with what had arrived", async () => {
    const turn = await running();
    turn.emit(delta("half"));
    await has("assistant.delta");
    app.clock.jump(TURN_SILENCE_MAX_MS);
    const events = await ended(turn.turnId);
    expect(events.at(-1)?.data).toMatchObject({ outcome: "failed", code: "timed_out" });
    expect(events.at(-2)?.data).toMatchObject({ content: "half", partial: true });
  });

  it("does not answer into the next turn when it wakes up", async () => {
    const old = await running("old");
    app.clock.jump(TURN_SILENCE_MAX_MS);
    await ended(old.turnId);
    const next = await running("next");
    old.emit(delta("late", "old"), { kind: "idle", aborted: false });
    next.answer(["right"]);
    const events = await ended(next.turnId);
    const texts = events.flatMap((event) => (event.type === "assistant.message" ? [event.data.content] : []));
    expect(texts).toEqual(["right"]);
  });

  it("and ignores a stop still lets the person go on", async () => {
    cli.idleAfterAbort = false;
    const old = await running("old");
    await app.turns.abort(mona, sessionId);
    await eventually(() => methods()).toContain("abort");
    app.clock.jump(ABORT_GRACE_MS);
    expect(await endOf(old.turnId)).toEqual({ outcome: "aborted" });
    const next = await running("next");
    old.emit(delta("late", "old"), { kind: "idle", aborted: true });
    next.answer(["right"]);
    expect(await endOf(next.turnId)).toEqual({ outcome: "succeeded" });
  });

  it("while attaching can be stopped, and the prompt is not sent afterwards", async () => {
    const letGo = cli.hold("attach");
    const turnId = await send();
    await cli.held("attach");
    await app.turns.abort(mona, sessionId);
    expect(await endOf(turnId)).toEqual({ outcome: "aborted" });
    letGo();
    expect(await endOf(await send("next"))).toEqual({ outcome: "succeeded" });
    expect(cli.calls.filter((call) => call.method === "send").map((call) => call.value)).toEqual(["next"]);
    expect(cli.attached()).toEqual([sessionId]);
  });
});

describe("refusals", () => {
  it.each([
    ["attach", "copilot_not_licensed"],
    ["attach", "model_not_available"],
    ["send", "model_rejected"],
    ["send", "internal"],
  ] as const)("of %s as %s end the turn with that reason, and the next turn works", async (method, code) => {
    cli.refuse(method, new CopilotError(code, "http://secret-endpoint"));
    const events = await ended(await send());
    expect(events.at(-1)?.data).toMatchObject({ outcome: "failed", code });
    expect(JSON.stringify(events)).not.toContain("secret-endpoint");
    expect(await endOf(await send())).toEqual({ outcome: "succeeded" });
  });

  it("and idleness that belong to earlier work do not end a turn whose prompt is not sent yet", async () => {
    cli.saysAtAttach = [
      delta("old"),
      { kind: "failed", code: "internal", detail: "" },
      { kind: "idle", aborted: false },
    ];
    const events = await ended(await send());
    expect(events.at(-1)?.data).toEqual({ outcome: "succeeded" });
    expect(events.at(-2)?.data).toMatchObject({ content: "You said: hello" });
  });
});

describe("identity", () => {
  it("is the owner's token at every attach, and the new one after it changed", async () => {
    const hubot = await createActor(database);
    const other = (await app.sessions.create(hubot, {})).id;
    app.credentials.tokens.set(mona.ownerId, "mona-1").set(hubot.ownerId, "hubot-1");
    await ended(await send("one"));
    const { turnId } = await app.turns.send(hubot, { sessionId: other, prompt: "x", idempotencyKey: "k" });
    await watchUntil({ process: app, actor: hubot, sessionId: other }, hasEnded(turnId));
    app.credentials.tokens.set(mona.ownerId, "mona-2");
    await ended(await send("two"));
    const tokens = (id: string) =>
      cli.calls.filter((call) => call.sessionId === id).map((call) => `${call.method} ${call.token}`);
    expect(tokens(sessionId)).toEqual(["attach mona-1", "send mona-1", "setToken mona-2", "send mona-2"]);
    expect(tokens(other)).toEqual(["attach hubot-1", "send hubot-1"]);
  });

  it.each(["github_sign_in_required", "github_unavailable"] as const)(
    "that cannot be had (%s) ends the turn before anything reaches a CLI, with the prompt kept",
    async (code) => {
      app.credentials.failure = new AppError(code);
      const turnId = await send("keep me");
      const end = await endOf(turnId);
      expect(end).toMatchObject({
        outcome: "failed",
        code: code === "github_unavailable" ? "model_unavailable" : code,
      });
      expect(cli.calls).toEqual([]);
      app.credentials.failure = null;
      expect(await app.turns.get(mona, turnId)).toMatchObject({ prompt: "keep me", status: "failed" });
      expect(await endOf((await app.turns.retry(mona, turnId)).turnId)).toEqual({ outcome: "succeeded" });
    },
  );

  it("that GitHub refuses is given up for everybody, and the session attached anew with the next one", async () => {
    app.credentials.tokens.set(mona.ownerId, "revoked");
    const turn = await running();
    turn.emit(
      { kind: "failed", code: "github_sign_in_required", detail: "" },
      { kind: "idle", aborted: false },
    );
    expect(await endOf(turn.turnId)).toMatchObject({ code: "github_sign_in_required" });
    expect(app.credentials.rejected).toEqual(["revoked"]);
    app.credentials.tokens.set(mona.ownerId, "fresh");
    await ended(await send());
    expect(cli.calls.filter((call) => call.method === "attach").map((call) => call.token)).toEqual([
      "revoked",
      "fresh",
    ]);
  });
});

describe("between turns", () => {
  it("a new model is set before the next prompt", async () => {
    await ended(await send("one"));
    await app.sessions.update(mona, { sessionId, model: "beta" });
    const turnId = await send("two");
    await ended(turnId);
    expect(methods()).toEqual(["attach", "send", "setModel", "send"]);
    expect((await app.turns.get(mona, turnId)).model).toBe("beta");
  });

  it("an idle session leaves the server's memory and its lease, and comes back with the next prompt", async () => {
    await ended(await send("one"));
    await eventually(() => app.runner.load().running).toBe(0);
    app.clock.jump(IDLE_DETACH_MS);
    const heldAfterSweep = () => {
      app.clock.jump(SWEEP_EVERY_MS);
      return app.runner.load().held;
    };
    await eventually(heldAfterSweep).toBe(0);
    expect(cli.attached()).toEqual([]);
    const head = await database.db.sessionHead.findUniqueOrThrow({ where: { sessionId } });
    expect([head.leaseOwner, head.cliServer]).toEqual([null, "cli-1"]);
    const events = await ended(await send("two"));
    expect(events.at(-1)?.data).toEqual({ outcome: "succeeded" });
    expect(noticesOf(events)).toEqual([]);
    expect(cli.attached()).toEqual([sessionId]);
  });

  it("a session that runs is not idle, however long its answer takes", async () => {
    const turn = await running();
    for (let n = 0; n < 4; n++) {
      turn.emit(delta("still here "));
      app.clock.jump(IDLE_DETACH_MS / 3);
    }
    turn.answer(["done"]);
    expect(await endOf(turn.turnId)).toEqual({ outcome: "succeeded" });
    expect(methods()).not.toContain("detach");
  });

  it("a deleted session stops its turn, leaves the server's memory, then its disk", async () => {
    const turn = await running();
    turn.emit(delta("half"));
    const watching = watchToEnd({ process: app, actor: mona, sessionId }, (events) =>
      events.some(({ type }) => type === "assistant.delta"),
    );
    await watching.reached;
    await app.sessions.delete(mona, sessionId);
    await watching.ended;
    await eventually(() => cli.attached()).toEqual([]);
    await eventually(() => app.runner.load().running).toBe(0);
    app.clock.jump(60_000);
    await eventually(() => database.db.sessionTombstone.count({ where: { sessionId } })).toBe(0);
    expect(cli.disk.has(sessionId)).toBe(false);
    expect(methods()).toContain("abort");
  });
});

describe("a database that is away when a turn has begun", () => {
  it("is waited for, and the turn runs", async () => {
    app.credentials.failure = new AppError("database_unavailable");
    const turnId = await send();
    await has("turn.started");
    app.credentials.failure = null;
    expect(await endOf(turnId)).toEqual({ outcome: "succeeded" });
  });
});

describe("a CLI server that is being drained", () => {
  it("finishes its turn, then its sessions leave; the next turn runs elsewhere, with its memory", async () => {
    await ended(await send("one"));
    const turn = await running();
    await app.fleet.setDraining("cli-1", true);
    turn.answer(["all of it"]);
    expect(await endOf(turn.turnId)).toEqual({ outcome: "succeeded" });
    app.clock.jump(SWEEP_EVERY_MS);
    await eventually(() => cli.attached()).toEqual([]);
    const events = await ended(await send("three"));
    expect(movesOf(events)).toEqual([{ from: "cli-1", to: "cli-2", reason: "server_draining" }]);
    expect(noticesOf(events)).toEqual([]);
    await app.fleet.setDraining("cli-1", false);
  });
});

describe("shutdown", () => {
  it("leaves a running turn to the next process, with what was said, and gives places and leases back", async () => {
    const turn = await running();
    turn.emit(delta("half"));
    await has("assistant.delta");
    turn.emit(delta(" an answer"));
    await app[Symbol.asyncDispose]();
    expect(cli.attached()).toEqual([]);
    const head = await database.db.sessionHead.findUniqueOrThrow({ where: { sessionId } });
    expect(head.leaseOwner).toBeNull();
    app = startTestProcess(database, pool);
    expect(await stored()).toEqual(["half an answer"]);
    const events = await ended(turn.turnId);
    expect(events.at(-1)?.data).toEqual({ outcome: "succeeded" });
    expect(await stored()).toEqual(["You said: long"]);
  });

  it("waits for running turns while it drains, takes no new ones, and gives idle sessions back at once", async () => {
    const idle = (await app.sessions.create(mona, { title: "idle" })).id;
    const first = { sessionId: idle, prompt: "one", idempotencyKey: "one" };
    await watchUntil(
      { process: app, actor: mona, sessionId: idle },
      hasEnded((await app.turns.send(mona, first)).turnId),
    );
    const turn = await running();
    let drained = false;
    const draining = app.runner.drain().then(() => {
      drained = true;
    });
    await eventually(() => cli.attached()).toEqual([sessionId]);
    const refused = app.turns.send(mona, { sessionId: idle, prompt: "two", idempotencyKey: "two" });
    await expect(refused).rejects.toMatchObject({ code: "shutting_down" });
    expect(drained).toBe(false);
    turn.answer(["all of it"]);
    expect(await endOf(turn.turnId)).toEqual({ outcome: "succeeded" });
    await draining;
    expect(cli.attached()).toEqual([]);
  });
});
