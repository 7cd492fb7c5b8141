import { describe, expect, it } from "vitest";
import type { WireEvent } from "@/lib/events/wire";
import { CopilotError } from "@/server/copilot/errors";
import { delta, noticesOf, OneSession } from "@/tests/support/one-session";
import { eventually, textsOf } from "@/tests/support/process";
import {
  ABORT_GRACE_MS,
  MOVES_MAX,
  SERVER_NOTICE_MS,
  SERVER_WAIT_MS,
  SWEEP_EVERY_MS,
  TURN_SILENCE_MAX_MS,
} from "./tunables";

const one = new OneSession(["cli-1", "cli-2"]);
const movesOf = (events: WireEvent[]) =>
  events.flatMap((event) => (event.type === "session.moved" ? [event.data] : []));

describe("a CLI server that dies", () => {
  it("before the prompt is replaced by another, within the wait", async () => {
    one.cli.die();
    expect(await one.endOf(await one.send())).toEqual({ outcome: "succeeded" });
    expect(one.methods(one.pool.servers[1])).toEqual(["attach", "send"]);
  });

  it("before the prompt, with no other: the turn waits, says so, and runs when it is back", async () => {
    for (const server of one.pool.servers) server.die();
    const turnId = await one.send();
    await one.has("turn.started");
    one.app.clock.jump(SERVER_NOTICE_MS);
    await one.has("turn.notice");
    one.cli.revive();
    const events = await one.ended(turnId);
    expect(noticesOf(events)).toEqual(["waiting_for_server"]);
    expect(events.at(-1)?.data).toEqual({ outcome: "succeeded" });
  });

  it("and stays away ends the turn fleet_exhausted, with the prompt kept for a retry", async () => {
    for (const server of one.pool.servers) server.die();
    const turnId = await one.send("keep me");
    await one.has("turn.started");
    one.app.clock.jump(SERVER_WAIT_MS);
    expect(await one.endOf(turnId)).toMatchObject({ outcome: "failed", code: "fleet_exhausted" });
    one.cli.revive();
    const retry = await one.app.turns.retry(one.mona, turnId);
    const events = await one.ended(retry.turnId);
    expect(events.at(-1)?.data).toEqual({ outcome: "succeeded" });
    // It was never answered before, so nothing was forgotten.
    expect(noticesOf(events)).not.toContain("memory_lost");
  });

  it("again and again is set aside, and its sessions go on elsewhere with their next prompt", async () => {
    await one.endOf(await one.send());
    one.cli.quarantine();
    const events = await one.ended(await one.send());
    expect(movesOf(events)).toEqual([{ from: "cli-1", to: "cli-2", reason: "server_set_aside" }]);
    expect(events.at(-1)?.data).toEqual({ outcome: "succeeded" });
  });

  it("while the session is being attached is replaced, without a word about lost memory", async () => {
    one.cli.hold("attach");
    const turnId = await one.send();
    await one.cli.held("attach");
    one.cli.die();
    const events = await one.ended(turnId);
    expect(events.at(-1)?.data).toEqual({ outcome: "succeeded" });
    expect(noticesOf(events)).toEqual([]);
  });

  it("while it takes the prompt is replaced; the next one is asked, and gets the prompt where it was not taken", async () => {
    one.cli.hold("send");
    const turnId = await one.send();
    await one.cli.held("send");
    one.cli.die();
    const events = await one.ended(turnId);
    expect(events.at(-1)?.data).toEqual({ outcome: "succeeded" });
    expect(one.methods(one.pool.servers[1])).toEqual(["fork", "attach", "recall", "send"]);
    expect(movesOf(events)).toEqual([{ from: "cli-1", to: "cli-2", reason: "server_lost" }]);
  });

  it("in mid-answer: the answer is asked for again elsewhere, and its first half is taken back", async () => {
    const turn = await one.running();
    turn.emit(delta("half "), delta("an answer"));
    await one.has("assistant.delta");
    one.cli.die();
    const events = await one.ended(turn.turnId);
    expect(events.at(-1)?.data).toEqual({ outcome: "succeeded" });
    expect(movesOf(events)).toEqual([{ from: "cli-1", to: "cli-2", reason: "server_lost" }]);
    expect(textsOf(events)).toEqual(["You said: long"]);
    expect(await one.stored()).toEqual(["You said: long"]);
  });

  it("after the whole answer: it is not asked for again", async () => {
    const turn = await one.running();
    turn.emit({ kind: "message", messageId: "m", content: "all of it", reasoning: null });
    one.cli.die();
    const events = await one.ended(turn.turnId);
    expect(events.at(-1)?.data).toEqual({ outcome: "succeeded" });
    expect(textsOf(events)).toEqual(["all of it"]);
    expect(one.methods(one.pool.servers[1])).toEqual(["fork", "attach", "recall"]);
  });

  it("and comes back itself, where there is no other", async () => {
    one.pool.servers[1]?.die();
    const turn = await one.running();
    turn.emit(delta("half"));
    await one.has("assistant.delta");
    one.cli.die();
    one.cli.revive();
    const events = await one.ended(turn.turnId);
    expect(movesOf(events)).toEqual([{ from: "cli-1", to: "cli-1", reason: "server_lost" }]);
    expect(textsOf(events)).toEqual(["You said: long"]);
  });

  it("again and again ends the turn with what had arrived, and the next turn goes on", async () => {
    one.cli.autoAnswer = false;
    const turnId = await one.send();
    for (let move = 0; move <= MOVES_MAX; move++) {
      const prompted = await one.cli.prompted();
      prompted.emit(delta(`try ${move}`, `m-${move}`));
      await one.until((events) => textsOf(events).includes(`try ${move}`));
      one.cli.die();
      one.cli.revive();
    }
    const events = await one.ended(turnId);
    expect(events.at(-1)?.data).toMatchObject({ outcome: "failed", code: "cli_server_lost" });
    expect(textsOf(events)).toEqual([`try ${MOVES_MAX}`]);
    one.cli.autoAnswer = true;
    expect(await one.endOf(await one.send())).toEqual({ outcome: "succeeded" });
  });

  it("while the turn is being stopped: it ends aborted, and nothing is asked again", async () => {
    const turn = await one.running();
    one.cli.idleAfterAbort = false;
    await one.app.turns.abort(one.mona, one.sessionId);
    await eventually(() => one.methods()).toContain("abort");
    one.cli.die();
    expect(await one.endOf(turn.turnId)).toEqual({ outcome: "aborted" });
    expect(one.methods(one.pool.servers[1])).toEqual([]);
  });

  it("between two turns and comes back without the conversation: it is told again from the log, as long as the session lives", async () => {
    await one.ended(await one.send("one"));
    one.cli.die();
    one.cli.disk.clear();
    one.cli.revive();
    const events = await one.ended(await one.send("two"));
    expect(noticesOf(events)).toEqual(["memory_rebuilt"]);
    expect(events.at(-1)?.data).toEqual({ outcome: "succeeded" });
    const told = one.cli.told.get(one.sessionId);
    expect(told).toContain("User: one\n\nAssistant: You said: one");
    expect(told).not.toContain("two");
    // The server has the rest itself.
    one.cli.die();
    one.cli.revive();
    expect(noticesOf(await one.ended(await one.send("three")))).toEqual(["memory_rebuilt"]);
    expect(one.cli.told.get(one.sessionId)).toBe(told);
  });

  it("between two turns and comes back with the conversation: nothing is said", async () => {
    await one.ended(await one.send("one"));
    one.cli.die();
    one.cli.revive();
    expect(noticesOf(await one.ended(await one.send("two")))).toEqual([]);
  });

  it("just as a changed model is being set is replaced, because nothing was sent yet", async () => {
    await one.ended(await one.send("one"));
    await one.app.sessions.update(one.mona, { sessionId: one.sessionId, model: "beta" });
    one.cli.refuse("setModel", new CopilotError("cli_server_lost", "gone"));
    expect(await one.endOf(await one.send("two"))).toEqual({ outcome: "succeeded" });
  });
});

describe("a CLI server that hangs", () => {
  it("in mid-answer ends the turn timed_out, with what had arrived", async () => {
    const turn = await one.running();
    turn.emit(delta("half"));
    await one.has("assistant.delta");
    one.app.clock.jump(TURN_SILENCE_MAX_MS);
    const events = await one.ended(turn.turnId);
    expect(events.at(-1)?.data).toMatchObject({ outcome: "failed", code: "timed_out" });
    expect(events.at(-2)?.data).toMatchObject({ content: "half", partial: true });
  });

  it("does not answer into the next turn when it wakes up", async () => {
    const old = await one.running("old");
    one.app.clock.jump(TURN_SILENCE_MAX_MS);
    await one.ended(old.turnId);
    const next = await one.running("next");
    old.emit(delta("late", "old"), { kind: "idle", aborted: false });
    next.answer(["right"]);
    const events = await one.ended(next.turnId);
    const texts = events.flatMap((event) => (event.type === "assistant.message" ? [event.data.content] : []));
    expect(texts).toEqual(["right"]);
  });

  it("and ignores a stop still lets the person go on", async () => {
    one.cli.idleAfterAbort = false;
    const old = await one.running("old");
    await one.app.turns.abort(one.mona, one.sessionId);
    await eventually(() => one.methods()).toContain("abort");
    one.app.clock.jump(ABORT_GRACE_MS);
    expect(await one.endOf(old.turnId)).toEqual({ outcome: "aborted" });
    const next = await one.running("next");
    old.emit(delta("late", "old"), { kind: "idle", aborted: true });
    next.answer(["right"]);
    expect(await one.endOf(next.turnId)).toEqual({ outcome: "succeeded" });
  });

  it("while attaching can be stopped, and the prompt is not sent afterwards", async () => {
    const letGo = one.cli.hold("attach");
    const turnId = await one.send();
    await one.cli.held("attach");
    await one.app.turns.abort(one.mona, one.sessionId);
    expect(await one.endOf(turnId)).toEqual({ outcome: "aborted" });
    letGo();
    expect(await one.endOf(await one.send("next"))).toEqual({ outcome: "succeeded" });
    expect(one.cli.calls.filter((call) => call.method === "send").map((call) => call.value)).toEqual([
      "next",
    ]);
    expect(one.cli.attached()).toEqual([one.sessionId]);
  });
});

describe("a CLI server that is being drained", () => {
  it("finishes its turn, then its sessions leave; the next turn runs elsewhere, with its memory", async () => {
    await one.ended(await one.send("one"));
    const turn = await one.running();
    await one.app.fleet.drain(one.mona, "cli-1");
    turn.answer(["all of it"]);
    expect(await one.endOf(turn.turnId)).toEqual({ outcome: "succeeded" });
    one.app.clock.jump(SWEEP_EVERY_MS);
    await eventually(() => one.cli.attached()).toEqual([]);
    const events = await one.ended(await one.send("three"));
    expect(movesOf(events)).toEqual([{ from: "cli-1", to: "cli-2", reason: "server_draining" }]);
    expect(noticesOf(events)).toEqual([]);
    await one.app.fleet.resume(one.mona, "cli-1");
  });
});
