import { randomUUID } from "node:crypto";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
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
let app: TestProcess;
let mona: Actor;
let sessionId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  return () => database[Symbol.asyncDispose]();
});

beforeEach(async () => {
  pool = createFakePool("cli-1");
  app = startTestProcess(database, pool);
  mona = await createActor(database);
  sessionId = (await app.sessions.create(mona, {})).id;
  await ended((await send("the first turn brings the session to the CLI server")).turnId);
});

afterEach(() => app[Symbol.asyncDispose]());

const send = (prompt: string, idempotencyKey: string = randomUUID()) =>
  app.turns.send(mona, { sessionId, prompt, idempotencyKey });
const ended = (turnId: string, process = app) =>
  watchUntil({ process, actor: mona, sessionId }, hasEnded(turnId));
const sends = () => pool.first.calls.filter(({ method }) => method === "send").length;

describe("a prompt for a session that this process drives", () => {
  it("is stored together with its turn's start, and runs", async () => {
    // Right after a turn its runner may still be tidying up; then a prompt is queued, as for any other session.
    let sent = await send("second");
    while (sent.status === "queued") {
      await ended(sent.turnId);
      sent = await send("second");
    }
    const { turnId, seq } = sent;
    const events = (await ended(turnId)).filter((event) => event.turnId === turnId);
    expect(events.slice(0, 2).map((event) => [event.seq, event.type])).toEqual([
      [seq, "user.message"],
      [seq + 1, "turn.started"],
    ]);
    expect(events.at(-1)?.data).toEqual({ outcome: "succeeded" });
    expect(await app.turns.get(mona, turnId)).toMatchObject({ seq, status: "succeeded", prompt: "second" });
  });

  it("runs on the model that was chosen meanwhile", async () => {
    await app.sessions.update(mona, { sessionId, model: "gpt-5-mini" });
    const { turnId, status } = await send("second");
    expect(status).toBe("queued");
    const events = (await ended(turnId)).filter((event) => event.turnId === turnId);
    expect(events.find((event) => event.type === "turn.started")?.data).toEqual({ model: "gpt-5-mini" });
  });

  it("can be stopped at the moment it starts", async () => {
    pool.first.autoAnswer = false;
    const { turnId } = await send("second");
    expect(await app.turns.abort(mona, sessionId)).toEqual({ aborted: true });
    app.clock.jump(60_000);
    expect((await ended(turnId)).at(-1)?.data).toEqual({ outcome: "aborted" });
  });

  it("is one turn, however often the same is sent at once", async () => {
    const before = sends();
    const all = await Promise.all(Array.from({ length: 20 }, () => send("second", "the same key")));
    expect(new Set(all.map(({ turnId }) => turnId)).size).toBe(1);
    await ended(all[0]?.turnId ?? "");
    expect(sends()).toBe(before + 1);
  });

  it("loses to another prompt of the same moment with a clear error", async () => {
    pool.first.autoAnswer = false;
    const all = await Promise.allSettled([send("one"), send("two"), send("three")]);
    const won = all.flatMap((each) => (each.status === "fulfilled" ? [each.value.turnId] : []));
    const codes = all.flatMap((each) => (each.status === "rejected" ? [each.reason.code] : []));
    expect([won.length, codes]).toEqual([1, ["turn_already_active", "turn_already_active"]]);
  });

  it("is left to the process that has taken the session over meanwhile", async () => {
    const other = startTestProcess(database, pool);
    await database.db.sessionHead.update({
      where: { sessionId },
      data: { fence: { increment: 1 }, leaseOwner: other.id, leaseExpiresAt: new Date(Date.now() + 60_000) },
    });
    const { turnId, status } = await send("second");
    expect(status).toBe("queued");
    other.runner.kick(sessionId);
    expect((await ended(turnId, other)).at(-1)?.data).toEqual({ outcome: "succeeded" });
    await other[Symbol.asyncDispose]();
  });
});
