import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EventType, WireEvent, WireEventOf } from "@/lib/events/wire";
import { identify } from "@/server/platform/process-identity";
import { startTestCopilot, type TestCopilot } from "@/tests/support/copilot";
import { createTestDatabase, type TestDatabase } from "@/tests/support/database";
import { startTestFlightdeck, type TestFlightdeck } from "@/tests/support/flightdeck";
import { watchToEnd, watchUntil } from "@/tests/support/process";

let copilot: TestCopilot;
let database: TestDatabase;
let app: TestFlightdeck;

beforeAll(async () => {
  [copilot, database] = await Promise.all([startTestCopilot(), createTestDatabase()]);
  app = await startTestFlightdeck(database, copilot);
});

afterAll(async () => {
  await app?.[Symbol.asyncDispose]();
  await copilot?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

const only = <T extends EventType>(events: WireEvent[], type: T) =>
  events.filter((event): event is WireEventOf<T> & WireEvent => event.type === type);
const ended = (events: WireEvent[]) => only(events, "turn.ended")[0]?.data;
const answer = (events: WireEvent[]) => only(events, "assistant.message").map((event) => event.data.content);
const types = (events: WireEvent[]) => events.map((event) => event.type);

async function stored(login: "mona", sessionId: string): Promise<WireEvent[]> {
  const actor = await app.person(login);
  return (await app.sessions.events(actor, { sessionId, afterSeq: 0, limit: 1000 })).events;
}

/** The id in the fleet of the CLI server that has the session. */
const serverOf = async (sessionId: string): Promise<string> =>
  (await database.db.sessionHead.findUniqueOrThrow({ where: { sessionId } })).cliServer ?? "";

const monaUntil = async (sessionId: string, until: (events: WireEvent[]) => boolean) =>
  watchUntil({ process: app, actor: await app.person("mona"), sessionId }, until);

/** Counts the prompts of the conversation that the model is sent, call by call, from now on; it may go on in copies, so
 *  no other session may ask meanwhile. */
function countPrompts(): () => number[] {
  const { log } = copilot.github;
  const before = log.since(0).at(-1)?.n ?? 0;
  return () => log.since(before).flatMap(({ promptCount }) => promptCount ?? []);
}

describe("a turn on a real CLI server", () => {
  it("streams the answer and ends succeeded, with the final text stored once", async () => {
    const mona = await app.person("mona");
    const session = await app.sessions.create(mona, {});
    const events = await app.converse(mona, session.id, "count tokens=30 rate=100");
    expect(ended(events)).toEqual({ outcome: "succeeded" });
    const streamed = only(events, "assistant.delta").map((event) => event.data.text);
    expect(streamed.length).toBeGreaterThan(3);
    const numbers = Array.from({ length: 30 }, (_, n) => n + 1).join(" ");
    expect(answer(events)).toEqual([numbers]);
    // What was said last may be stored with the whole message alone.
    expect(numbers.startsWith(streamed.join(""))).toBe(true);
    expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
    // On a busy machine the person is also told that the turn waits for a server.
    const kept = types(await stored("mona", session.id)).filter((type) => type !== "turn.notice");
    expect(kept).toEqual([
      "user.message",
      "turn.started",
      "session.updated",
      "usage",
      "assistant.message",
      "turn.ended",
    ]);
    expect((await app.sessions.get(mona, session.id)).title).toBe("count tokens=30 rate=100");
  });

  it("keeps the conversation over turns and explains every number that folding took away", async () => {
    const mona = await app.person("mona");
    const session = await app.sessions.create(mona, {});
    await app.converse(mona, session.id, "short one");
    await app.converse(mona, session.id, "think about it");
    const events = await stored("mona", session.id);
    const folded = events.flatMap((event) => ("folded" in event.data ? event.data.folded : []));
    const explained = new Set(folded.flatMap(([from, to]) => range(from, to)));
    const present = new Set(events.map((event) => event.seq));
    for (const seq of range(1, events.at(-1)?.seq ?? 0))
      expect(present.has(seq) !== explained.has(seq)).toBe(true);
    expect(only(events, "assistant.reasoning")).toHaveLength(1);
    const calls = copilot.github.log.since(0).filter((entry) => entry.sessionHint === session.id);
    expect(calls.length).toBeGreaterThan(1);
  });

  it("stops on request, keeps what had arrived, and the next prompt works", async () => {
    const mona = await app.person("mona");
    const session = await app.sessions.create(mona, {});
    const running = app.converse(mona, session.id, "count tokens=400 rate=40");
    await monaUntil(session.id, (events) => only(events, "assistant.delta").length > 2);
    expect(await app.turns.abort(mona, session.id)).toEqual({ aborted: true });
    const events = await running;
    expect(ended(events)).toEqual({ outcome: "aborted" });
    expect(only(events, "assistant.message")[0]?.data).toMatchObject({ partial: true });
    expect(answer(events)[0]).toMatch(/^1 2 3/);
    expect(ended(await app.converse(mona, session.id, "short"))).toEqual({ outcome: "succeeded" });
    expect(await app.turns.abort(mona, session.id)).toEqual({ aborted: false });
  });

  it.each([
    ["error 400", "model_rejected"],
    ["error 401", "github_sign_in_required"],
    ["error 402", "copilot_not_licensed"],
    ["error 403", "copilot_not_licensed"],
    ["error 429 retry=1", "rate_limited"],
    ["error 500", "model_unavailable"],
    ["down", "model_unavailable"],
  ])("tells what to do after «%s» and can be retried", async (prompt, code) => {
    const mona = await app.person("mona");
    const session = await app.sessions.create(mona, {});
    const events = await app.converse(mona, session.id, prompt);
    expect(ended(events)).toMatchObject({ outcome: "failed", code });
    expect(ended(events)?.message).toMatch(/retry|prompt|model|organisation/i);
    expect(JSON.stringify(events)).not.toMatch(/127\.0\.0\.1|gho_|COPILOT_/);
    const failedTurn = only(events, "user.message")[0]?.turnId ?? "";
    const [once, twice] = await Promise.all([
      app.turns.retry(mona, failedTurn),
      app.turns.retry(mona, failedTurn),
    ]);
    expect(once.turnId).toBe(twice.turnId);
    await app.turns.abort(mona, session.id);
  });

  it("takes text back when a cut stream is answered from the start", async () => {
    const mona = await app.person("mona");
    const session = await app.sessions.create(mona, {});
    const events = await app.converse(mona, session.id, "cut times=1 count tokens=5 rate=0");
    expect(ended(events)).toEqual({ outcome: "succeeded" });
    expect(answer(events)).toHaveLength(1);
    expect(types(await stored("mona", session.id))).not.toContain("assistant.delta");
  });

  it("goes on when the CLI server is killed in mid-turn: the answer comes whole, and the model sees the prompt once", async () => {
    const mona = await app.person("mona");
    const session = await app.sessions.create(mona, {});
    const counts = countPrompts();
    await app.converse(mona, session.id, "short");
    const running = app.converse(mona, session.id, "count tokens=100 rate=40");
    await monaUntil(session.id, (events) => only(events, "assistant.delta").length > 2);
    await copilot.kill();
    const events = await running;
    expect(ended(events)).toEqual({ outcome: "succeeded" });
    expect(only(events, "session.moved")).toHaveLength(1);
    expect(only(events, "assistant.retracted")).toHaveLength(1);
    expect(answer(events)).toEqual([range(1, 100).join(" ")]);
    expect(answer(await stored("mona", session.id)).at(-1)).toBe(range(1, 100).join(" "));
    expect(events.some((e) => e.type === "turn.notice" && e.data.code === "memory_lost")).toBe(false);
    // The conversation that the model is sent has this prompt once.
    await app.converse(mona, session.id, "short");
    expect(counts()).toEqual([1, 2, 2, 3]);
  });

  it("goes on when the CLI server hangs, which is ended and replaced", async () => {
    const mona = await app.person("mona");
    const session = await app.sessions.create(mona, {});
    const running = app.converse(mona, session.id, "count tokens=60 rate=40");
    await monaUntil(session.id, (events) => only(events, "assistant.delta").length > 2);
    const hung = await copilot.stop(await serverOf(session.id));
    const events = await running;
    expect(ended(events)).toEqual({ outcome: "succeeded" });
    expect(answer(events)).toEqual([range(1, 60).join(" ")]);
    // The turn goes on without waiting for the end of the process.
    await expect.poll(() => identify(hung), { timeout: 15_000 }).toBeUndefined();
    await copilot.ready();
  });

  it("tells Copilot the conversation again where the CLI has lost it, also after the session was resumed", async () => {
    const mona = await app.person("mona");
    const session = await app.sessions.create(mona, {});
    const ask = async () => answer(await app.converse(mona, session.id, "knows=xylophone")).at(-1);
    expect(await ask()).toBe("no");
    await app.converse(mona, session.id, "short xylophone");
    await copilot.kill(await serverOf(session.id));
    await copilot.forget(session.id);
    expect(await ask()).toBe("yes");
    // Resumed on another server, which has what was said since.
    await copilot.ready();
    const server = await serverOf(session.id);
    await app.fleet.drain(mona, server);
    expect(await ask()).toBe("yes");
    await app.fleet.resume(mona, server);
    expect(await serverOf(session.id)).not.toBe(server);
    const notices = only(await stored("mona", session.id), "turn.notice").map(({ data }) => data.code);
    expect(notices.filter((code) => code === "memory_rebuilt")).toHaveLength(1);
    expect(notices).not.toContain("memory_lost");
  });

  it("waits for the CLI server when it was killed before the prompt", async () => {
    const mona = await app.person("mona");
    const session = await app.sessions.create(mona, {});
    await copilot.kill();
    expect(ended(await app.converse(mona, session.id, "short"))).toEqual({ outcome: "succeeded" });
  });

  it("deletes a session under a running turn, on the CLI server's disk too", async () => {
    const mona = await app.person("mona");
    const session = await app.sessions.create(mona, {});
    const turn = await app.turns.send(mona, {
      sessionId: session.id,
      prompt: "count tokens=400 rate=40",
      idempotencyKey: randomUUID(),
    });
    const watching = watchToEnd(
      { process: app, actor: mona, sessionId: session.id },
      (events) => only(events, "assistant.delta").length > 2,
    );
    await watching.reached;
    await app.sessions.delete(mona, session.id);
    await watching.ended;
    await expect(app.turns.get(mona, turn.turnId)).rejects.toMatchObject({ code: "turn_not_found" });
    const tombstones = () => database.db.sessionTombstone.count({ where: { sessionId: session.id } });
    await expect.poll(tombstones, { timeout: 15_000 }).toBe(0);
  });
});

describe("people apart", () => {
  it("uses each person's own token for every call of their sessions", async () => {
    const people = await Promise.all([app.person("mona"), app.person("hubot"), app.person("octocat")]);
    const sessions = await Promise.all(people.map((person) => app.sessions.create(person, {})));
    await Promise.all(
      people.map((person, index) =>
        app.converse(person, sessions[index]?.id ?? "", "count tokens=20 rate=50"),
      ),
    );
    for (const [index, person] of people.entries()) {
      const calls = copilot.github.log.since(0).filter((entry) => entry.sessionHint === sessions[index]?.id);
      expect(calls.length).toBeGreaterThan(0);
      expect(new Set(calls.map((entry) => entry.tokenLogin))).toEqual(new Set([person.login]));
    }
  });

  it("lists the models that GitHub offers to this person, without disabled ones", async () => {
    const { models, defaultModel } = await app.fleet.models(await app.person("hubot"));
    expect(models.length).toBeGreaterThan(2);
    expect(models.map((model) => model.id)).toContain(defaultModel);
    expect(models.map((model) => model.id)).not.toContain("gemini-3-pro-preview");
  });
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
