import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EventType, WireEvent, WireEventOf } from "@/lib/events/wire";
import { startExternalCopilot } from "@/tests/support/copilot";
import { createTestDatabase, type TestDatabase } from "@/tests/support/database";
import { startTestFlightdeck } from "@/tests/support/flightdeck";
import { eventually, watchUntil } from "@/tests/support/process";

let copilot: Awaited<ReturnType<typeof startExternalCopilot>>;
let database: TestDatabase;

beforeAll(async () => {
  [copilot, database] = await Promise.all([startExternalCopilot(), createTestDatabase()]);
});

afterAll(async () => {
  await copilot?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

const only = <T extends EventType>(events: WireEvent[], type: T) =>
  events.filter((event): event is WireEventOf<T> & WireEvent => event.type === type);
const counted = Array.from({ length: 100 }, (_, index) => index + 1).join(" ");

describe("two processes on a real CLI server", () => {
  it("a turn goes on in the other when its own is cut off: the model is asked once, the text is whole", async () => {
    await using one = await startTestFlightdeck(database, copilot.connect());
    await using other = await startTestFlightdeck(database, copilot.connect());
    const mona = await one.person("mona");
    await other.person("mona");
    await eventually(() => one.processes.others().length + other.processes.others().length).toBe(2);
    await eventually(() => one.fleet.anyReady() && other.fleet.anyReady()).toBe(true);
    const session = await one.sessions.create(mona, {});
    const watched = { process: other, actor: mona, sessionId: session.id };
    const ended = watchUntil(watched, (events) => only(events, "turn.ended").length > 0);
    const prompt = "count tokens=100 rate=40";
    await one.turns.send(mona, { sessionId: session.id, prompt, idempotencyKey: "key" });
    const before = await watchUntil(watched, (events) => only(events, "assistant.delta").length > 2);
    await one.vanish();
    const events = await ended;
    expect(only(events, "turn.ended").map(({ data }) => data)).toEqual([{ outcome: "succeeded" }]);
    // What is folded before it is read is not seen in pieces.
    const streamed = only(events, "assistant.delta").map(({ data }) => data.text);
    expect(counted.startsWith(streamed.join(""))).toBe(true);
    expect(streamed.length).toBeGreaterThan(only(before, "assistant.delta").length);
    expect(only(events, "assistant.message").map(({ data }) => data.content)).toEqual([counted]);
    expect(only(events, "assistant.retracted")).toEqual([]);
    expect(one.runner.load().running).toBe(0);
    const calls = copilot.github.log.since(0).filter(({ sessionHint }) => sessionHint === session.id);
    expect(calls.flatMap(({ promptCount }) => promptCount ?? [])).toEqual([1]);
  });
});
