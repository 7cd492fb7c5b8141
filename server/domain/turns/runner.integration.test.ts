import { describe, expect, it } from "vitest";
import { AppError } from "@/lib/errors/app-error";
import { CopilotError } from "@/server/copilot/errors";
import { delta, noticesOf, OneSession } from "@/tests/support/one-session";
import {
  createActor,
  eventually,
  hasEnded,
  startTestProcess,
  watchToEnd,
  watchUntil,
} from "@/tests/support/process";
import { IDLE_DETACH_MS, SWEEP_EVERY_MS } from "./tunables";

const one = new OneSession(["cli-1", "cli-2"]);

describe("refusals", () => {
  it.each([
    ["attach", "copilot_not_licensed"],
    ["attach", "model_not_available"],
    ["send", "model_rejected"],
    ["send", "internal"],
  ] as const)("of %s as %s end the turn with that reason, and the next turn works", async (method, code) => {
    one.cli.refuse(method, new CopilotError(code, "http://secret-endpoint"));
    const events = await one.ended(await one.send());
    expect(events.at(-1)?.data).toMatchObject({ outcome: "failed", code });
    expect(JSON.stringify(events)).not.toContain("secret-endpoint");
    expect(await one.endOf(await one.send())).toEqual({ outcome: "succeeded" });
  });

  it("and idleness that belong to earlier work do not end a turn whose prompt is not sent yet", async () => {
    one.cli.saysAtAttach = [
      delta("old"),
      { kind: "failed", code: "internal", detail: "" },
      { kind: "idle", aborted: false },
    ];
    const events = await one.ended(await one.send());
    expect(events.at(-1)?.data).toEqual({ outcome: "succeeded" });
    expect(events.at(-2)?.data).toMatchObject({ content: "You said: hello" });
  });
});

describe("identity", () => {
  it("is the owner's token at every attach, and the new one after it changed", async () => {
    const hubot = await createActor(one.database);
    const other = (await one.app.sessions.create(hubot, {})).id;
    one.app.credentials.tokens.set(one.mona.ownerId, "mona-1").set(hubot.ownerId, "hubot-1");
    await one.ended(await one.send("one"));
    const { turnId } = await one.app.turns.send(hubot, {
      sessionId: other,
      prompt: "x",
      idempotencyKey: "k",
    });
    await watchUntil({ process: one.app, actor: hubot, sessionId: other }, hasEnded(turnId));
    one.app.credentials.tokens.set(one.mona.ownerId, "mona-2");
    await one.ended(await one.send("two"));
    const tokens = (id: string) =>
      one.cli.calls.filter((call) => call.sessionId === id).map((call) => `${call.method} ${call.token}`);
    expect(tokens(one.sessionId)).toEqual(["attach mona-1", "send mona-1", "setToken mona-2", "send mona-2"]);
    expect(tokens(other)).toEqual(["attach hubot-1", "send hubot-1"]);
  });

  it.each(["github_sign_in_required", "github_unavailable"] as const)(
    "that cannot be had (%s) ends the turn before anything reaches a CLI, with the prompt kept",
    async (code) => {
      one.app.credentials.failure = new AppError(code);
      const turnId = await one.send("keep me");
      const end = await one.endOf(turnId);
      expect(end).toMatchObject({
        outcome: "failed",
        code: code === "github_unavailable" ? "model_unavailable" : code,
      });
      expect(one.cli.calls).toEqual([]);
      one.app.credentials.failure = null;
      expect(await one.app.turns.get(one.mona, turnId)).toMatchObject({
        prompt: "keep me",
        status: "failed",
      });
      expect(await one.endOf((await one.app.turns.retry(one.mona, turnId)).turnId)).toEqual({
        outcome: "succeeded",
      });
    },
  );

  it("that GitHub refuses is given up for everybody, and the session attached anew with the next one", async () => {
    one.app.credentials.tokens.set(one.mona.ownerId, "revoked");
    const turn = await one.running();
    turn.emit(
      { kind: "failed", code: "github_sign_in_required", detail: "" },
      { kind: "idle", aborted: false },
    );
    expect(await one.endOf(turn.turnId)).toMatchObject({ code: "github_sign_in_required" });
    expect(one.app.credentials.rejected).toEqual(["revoked"]);
    one.app.credentials.tokens.set(one.mona.ownerId, "fresh");
    await one.ended(await one.send());
    expect(one.cli.calls.filter((call) => call.method === "attach").map((call) => call.token)).toEqual([
      "revoked",
      "fresh",
    ]);
  });
});

describe("between turns", () => {
  it("a new model is set before the next prompt", async () => {
    await one.ended(await one.send("one"));
    await one.app.sessions.update(one.mona, { sessionId: one.sessionId, model: "beta" });
    const turnId = await one.send("two");
    await one.ended(turnId);
    expect(one.methods()).toEqual(["attach", "send", "setModel", "send"]);
    expect((await one.app.turns.get(one.mona, turnId)).model).toBe("beta");
  });

  it("an idle session leaves the server's memory and its lease, and comes back with the next prompt", async () => {
    await one.ended(await one.send("one"));
    await eventually(() => one.app.runner.load().running).toBe(0);
    one.app.clock.jump(IDLE_DETACH_MS);
    const heldAfterSweep = () => {
      one.app.clock.jump(SWEEP_EVERY_MS);
      return one.app.runner.load().held;
    };
    await eventually(heldAfterSweep).toBe(0);
    expect(one.cli.attached()).toEqual([]);
    const head = await one.database.db.sessionHead.findUniqueOrThrow({ where: { sessionId: one.sessionId } });
    expect([head.leaseOwner, head.cliServer]).toEqual([null, "cli-1"]);
    const events = await one.ended(await one.send("two"));
    expect(events.at(-1)?.data).toEqual({ outcome: "succeeded" });
    expect(noticesOf(events)).toEqual([]);
    expect(one.cli.attached()).toEqual([one.sessionId]);
  });

  it("a session that runs is not idle, however long its answer takes", async () => {
    const turn = await one.running();
    for (let n = 0; n < 4; n++) {
      turn.emit(delta("still here "));
      one.app.clock.jump(IDLE_DETACH_MS / 3);
    }
    turn.answer(["done"]);
    expect(await one.endOf(turn.turnId)).toEqual({ outcome: "succeeded" });
    expect(one.methods()).not.toContain("detach");
  });

  it("a deleted session stops its turn, leaves the server's memory, then its disk", async () => {
    const turn = await one.running();
    turn.emit(delta("half"));
    const watching = watchToEnd({ process: one.app, actor: one.mona, sessionId: one.sessionId }, (events) =>
      events.some(({ type }) => type === "assistant.delta"),
    );
    await watching.reached;
    await one.app.sessions.delete(one.mona, one.sessionId);
    await watching.ended;
    await eventually(() => one.cli.attached()).toEqual([]);
    await eventually(() => one.app.runner.load().running).toBe(0);
    one.app.clock.jump(60_000);
    await eventually(() =>
      one.database.db.sessionTombstone.count({ where: { sessionId: one.sessionId } }),
    ).toBe(0);
    expect(one.cli.disk.has(one.sessionId)).toBe(false);
    expect(one.methods()).toContain("abort");
  });
});

describe("a one.database that is away when a turn has begun", () => {
  it("is waited for, and the turn runs", async () => {
    one.app.credentials.failure = new AppError("database_unavailable");
    const turnId = await one.send();
    await one.has("turn.started");
    one.app.credentials.failure = null;
    expect(await one.endOf(turnId)).toEqual({ outcome: "succeeded" });
  });
});

describe("shutdown", () => {
  it("leaves a running turn to the next process, with what was said, and gives places and leases back", async () => {
    const turn = await one.running();
    turn.emit(delta("half"));
    await one.has("assistant.delta");
    turn.emit(delta(" an answer"));
    await one.app[Symbol.asyncDispose]();
    expect(one.cli.attached()).toEqual([]);
    const head = await one.database.db.sessionHead.findUniqueOrThrow({ where: { sessionId: one.sessionId } });
    expect(head.leaseOwner).toBeNull();
    one.app = startTestProcess(one.database, one.pool);
    expect(await one.stored()).toEqual(["half an answer"]);
    const events = await one.ended(turn.turnId);
    expect(events.at(-1)?.data).toEqual({ outcome: "succeeded" });
    expect(await one.stored()).toEqual(["You said: long"]);
  });

  it("waits for running turns while it drains, takes no new ones, and gives idle sessions back at once", async () => {
    const idle = (await one.app.sessions.create(one.mona, { title: "idle" })).id;
    const first = { sessionId: idle, prompt: "one", idempotencyKey: "one" };
    await watchUntil(
      { process: one.app, actor: one.mona, sessionId: idle },
      hasEnded((await one.app.turns.send(one.mona, first)).turnId),
    );
    const turn = await one.running();
    let drained = false;
    const draining = one.app.runner.drain().then(() => {
      drained = true;
    });
    await eventually(() => one.cli.attached()).toEqual([one.sessionId]);
    const refused = one.app.turns.send(one.mona, { sessionId: idle, prompt: "two", idempotencyKey: "two" });
    await expect(refused).rejects.toMatchObject({ code: "shutting_down" });
    expect(drained).toBe(false);
    turn.answer(["all of it"]);
    expect(await one.endOf(turn.turnId)).toEqual({ outcome: "succeeded" });
    await draining;
    expect(one.cli.attached()).toEqual([]);
  });
});
