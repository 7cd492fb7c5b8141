import { isDeepStrictEqual } from "node:util";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { EventData, WireEvent } from "@/lib/events/wire";
import type { Actor } from "@/server/platform/scope";
import { createFakePool, type FakePool } from "@/tests/fakes/copilot-pool";
import type { Prompted } from "@/tests/fakes/copilot-types";
import { createTestDatabase, type TestDatabase } from "@/tests/support/database";
import {
  createActor,
  eventually,
  hasEnded,
  startTestProcess,
  type TestProcess,
  watchUntil,
} from "@/tests/support/process";
import { QUEUED_STALE_MS, SWEEP_EVERY_MS } from "./tunables";
import type { Limits } from "./types";

let database: TestDatabase;
let pool: FakePool;
let processes: TestProcess[] = [];
let mona: Actor;
let hubot: Actor;
/** Prompts that the CLI servers have and did not answer yet, in the order in which they came. */
let running: (Prompted & { serverId: string })[];
/** The most turns that any server, and any person, had running at once. */
let most: { server: number; person: number };

beforeAll(async () => {
  database = await createTestDatabase();
  return () => database[Symbol.asyncDispose]();
});

const largest = (keys: string[]) =>
  Math.max(...keys.map((key) => keys.filter((other) => other === key).length));

async function collect(): Promise<void> {
  for (const server of pool.servers) {
    server.autoAnswer = false;
    void (async () => {
      for (;;) {
        running.push({ ...(await server.prompted()), serverId: server.id });
        most = {
          server: Math.max(most.server, largest(running.map(({ serverId }) => serverId))),
          person: Math.max(most.person, largest(running.map(({ token }) => token))),
        };
      }
    })();
  }
}

beforeEach(async () => {
  await database.db.user.deleteMany();
  [running, most, processes] = [[], { server: 0, person: 0 }, []];
  [mona, hubot] = await Promise.all([createActor(database), createActor(database)]);
});

afterEach(() => Promise.all(processes.map((each) => each[Symbol.asyncDispose]())));

async function start(limits: Partial<Limits>, { servers = 1, count = 1 } = {}): Promise<TestProcess> {
  pool = createFakePool(...Array.from({ length: servers }, (_, index) => `cli-${index + 1}`));
  await collect();
  processes = Array.from({ length: count }, () => startTestProcess(database, pool, { limits }));
  await Promise.all(processes.map((each) => each.known(count - 1)));
  const [first] = processes;
  if (!first) throw new Error("a test needs a process");
  return first;
}

type Sent = { actor: Actor; sessionId: string; turnId: string; process: TestProcess };

async function send(process: TestProcess, actor: Actor, prompt: string, known?: string): Promise<Sent> {
  const sessionId = known ?? (await process.sessions.create(actor, { title: "named" })).id;
  const { turnId } = await process.turns.send(actor, { sessionId, prompt, idempotencyKey: prompt });
  return { actor, sessionId, turnId, process };
}

const until = (sent: Sent, test: (events: WireEvent[]) => boolean) => watchUntil(sent, test);
const endOf = async (sent: Sent) => (await until(sent, hasEnded(sent.turnId))).at(-1)?.data;
const placesOf = (events: WireEvent[]) =>
  events.flatMap((event) => (event.type === "turn.queued" ? [event.data] : []));
const place = (sent: Sent, wanted: EventData<"turn.queued">) =>
  until(sent, (events) => isDeepStrictEqual(placesOf(events).at(-1), wanted));
const prompts = () => running.map(({ prompt }) => prompt);
const runs = (...wanted: string[]) => eventually(() => prompts().sort()).toEqual(wanted.sort());

/** Answers this prompt, or the oldest. */
function answer(prompt = running[0]?.prompt): void {
  const index = running.findIndex((each) => each.prompt === prompt);
  const [prompted] = running.splice(index, 1);
  if (!prompted) throw new Error(`${prompt} is not running`);
  prompted.answer(["done"]);
}

describe("a person who has as many turns running as one may", () => {
  it("waits for them in order, and is told so; others do not wait", async () => {
    const app = await start({ turnsPerPerson: 2 });
    const sent = [];
    for (const prompt of ["1", "2", "3", "4"]) sent.push(await send(app, mona, prompt));
    const [, , third, fourth] = sent as [Sent, Sent, Sent, Sent];
    await place(third, { position: 1, reason: "person_limit" });
    await place(fourth, { position: 2, reason: "person_limit" });
    await send(app, hubot, "other");
    await runs("1", "2", "other");
    answer("2");
    await runs("1", "3", "other");
    await place(fourth, { position: 1, reason: "person_limit" });
    answer("1");
    await runs("3", "4", "other");
    for (const prompt of ["3", "4", "other"]) answer(prompt);
    expect(await Promise.all(sent.map(endOf))).toEqual(Array(4).fill({ outcome: "succeeded" }));
    expect(most.person).toBe(2);
  });

  it("waits also with a prompt that its process could have started at once", async () => {
    const app = await start({ turnsPerPerson: 1 });
    const first = await send(app, mona, "1");
    await runs("1");
    answer("1");
    await endOf(first);
    const other = await send(app, mona, "2");
    await runs("2");
    // This session has its place on the server still.
    const again = await send(app, mona, "3", first.sessionId);
    await place(again, { position: 1, reason: "person_limit" });
    answer("2");
    await runs("3");
    answer("3");
    expect([await endOf(other), await endOf(again)]).toEqual(Array(2).fill({ outcome: "succeeded" }));
  });
});

describe("servers that have as many turns as they may", () => {
  it("share them; what is more waits for the first that ends, on whichever server", async () => {
    const app = await start({ turnsPerServer: 1 }, { servers: 2 });
    await send(app, mona, "1");
    await runs("1");
    await send(app, mona, "2");
    await runs("1", "2");
    expect(new Set(running.map(({ serverId }) => serverId)).size).toBe(2);
    const third = await send(app, mona, "3");
    await place(third, { position: 1, reason: "servers_busy" });
    const freed = running.find(({ prompt }) => prompt === "2")?.serverId;
    answer("2");
    await runs("1", "3");
    expect(running.find(({ prompt }) => prompt === "3")?.serverId).toBe(freed);
    for (const prompt of ["1", "3"]) answer(prompt);
    await endOf(third);
  });

  it("send the next turn of a session elsewhere, and people see that it moved", async () => {
    const app = await start({ turnsPerServer: 1 }, { servers: 2 });
    const first = await send(app, mona, "1");
    await runs("1");
    const home = running[0]?.serverId;
    answer("1");
    await endOf(first);
    const other = await send(app, hubot, "2");
    await runs("2");
    expect(running[0]?.serverId).toBe(home);
    const again = await send(app, mona, "3", first.sessionId);
    await runs("2", "3");
    for (const prompt of ["2", "3"]) answer(prompt);
    const moved = (await until(again, hasEnded(again.turnId))).find(
      (event) => event.type === "session.moved",
    );
    expect(moved?.data).toEqual({
      from: home,
      to: expect.not.stringMatching(`^${home}$`),
      reason: "server_busy",
    });
    await endOf(other);
  });

  it("serve whoever has fewest running first, whatever others have sent before", async () => {
    const app = await start({ turnsPerServer: 2 });
    for (const prompt of ["1", "2", "3", "4", "5"]) await send(app, mona, prompt);
    await runs("1", "2");
    const late = await send(app, hubot, "late");
    await place(late, { position: 1, reason: "servers_busy" });
    answer("1");
    await runs("2", "late");
    // Now each has one: the older prompt is next, and it is not hubot's second.
    await send(app, hubot, "later");
    answer("late");
    await runs("2", "later");
    answer("2");
    await runs("3", "later");
    for (const prompt of ["later", "3", "4", "5"]) {
      await eventually(prompts).toContain(prompt);
      answer(prompt);
    }
  });

  it("never get more, however many send at once to however many processes", async () => {
    await start({ turnsPerServer: 3, turnsPerPerson: 4 }, { servers: 2, count: 2 });
    const sent = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        send(processes[index % 2] as TestProcess, index % 3 ? mona : hubot, `p${index}`),
      ),
    );
    let answered = 0;
    while (answered < sent.length) {
      await eventually(() => running.length).toBeGreaterThan(0);
      answer();
      answered += 1;
    }
    expect(await Promise.all(sent.map(endOf))).toEqual(Array(30).fill({ outcome: "succeeded" }));
    expect(most.server).toBeLessThanOrEqual(3);
    expect(most.person).toBeLessThanOrEqual(4);
  });
});

/** One process runs "1" where there is room for one turn, and "2" waits in the other process. */
async function waitingElsewhere() {
  const app = await start({ turnsPerServer: 1 }, { count: 2 });
  const other = processes[1] as TestProcess;
  await send(app, mona, "1");
  await runs("1");
  const second = await send(other, mona, "2");
  await place(second, { position: 1, reason: "servers_busy" });
  return { app, other, second };
}

describe("a turn that waits", () => {
  it("can be stopped; those behind it move up", async () => {
    const app = await start({ turnsPerServer: 1 });
    const first = await send(app, mona, "1");
    await runs("1");
    const second = await send(app, mona, "2");
    await place(second, { position: 1, reason: "servers_busy" });
    const third = await send(app, mona, "3");
    await place(third, { position: 2, reason: "servers_busy" });
    expect(await app.turns.abort(mona, second.sessionId)).toEqual({ aborted: true });
    expect(await endOf(second)).toEqual({ outcome: "aborted" });
    app.clock.jump(SWEEP_EVERY_MS);
    await place(third, { position: 1, reason: "servers_busy" });
    answer("1");
    await runs("3");
    answer("3");
    await Promise.all([endOf(first), endOf(third)]);
    expect(placesOf(await until(second, hasEnded(second.turnId)))).toHaveLength(1);
  });

  it("is woken when a turn of another process ends", async () => {
    const { second } = await waitingElsewhere();
    answer("1");
    await runs("2");
    answer("2");
    expect(await endOf(second)).toEqual({ outcome: "succeeded" });
  });

  it("is taken up by another process where its own dies", async () => {
    const { app, other, second } = await waitingElsewhere();
    await other.vanish();
    await app.known(0);
    app.clock.jump(QUEUED_STALE_MS + SWEEP_EVERY_MS);
    answer("1");
    await runs("2");
    answer("2");
    expect(await endOf({ ...second, process: app })).toEqual({ outcome: "succeeded" });
  });

  it("is left to another process by one that is asked to end", async () => {
    const { app, other, second } = await waitingElsewhere();
    await other.runner.drain();
    answer("1");
    await runs("2");
    answer("2");
    expect(await endOf({ ...second, process: app })).toEqual({ outcome: "succeeded" });
  });
});

describe("a queue that is full", () => {
  const fails = (sending: Promise<unknown>) =>
    sending.then(
      () => "sent",
      (error: { code?: string }) => error.code,
    );

  it("refuses what is new, and answers what it knows as ever", async () => {
    const app = await start({ turnsPerServer: 1, queued: 1 });
    const first = await send(app, mona, "1");
    await runs("1");
    const second = await send(app, mona, "2");
    await place(second, { position: 1, reason: "servers_busy" });
    expect(await fails(send(app, hubot, "3"))).toBe("queue_full");
    expect((await send(app, mona, "2", second.sessionId)).turnId).toBe(second.turnId);
    expect(await fails(send(app, mona, "4", first.sessionId))).toBe("turn_already_active");
    expect(await fails(send(app, hubot, "5", first.sessionId))).toBe("session_not_found");
    answer("1");
    await runs("2");
    answer("2");
    await endOf(second);
    const late = await send(app, hubot, "3");
    await runs("3");
    answer("3");
    expect(await endOf(late)).toEqual({ outcome: "succeeded" });
  });

  it("for one person is open to others", async () => {
    const app = await start({ turnsPerServer: 1, turnsPerPerson: 1, queuedPerPerson: 1 });
    await send(app, mona, "1");
    await runs("1");
    await send(app, mona, "2");
    expect(await fails(send(app, mona, "3"))).toBe("too_many_turns");
    const other = await send(app, hubot, "4");
    // Neither has one running then, so the older one is first.
    for (const prompt of ["1", "2", "4"]) {
      await runs(prompt);
      answer(prompt);
    }
    expect(await endOf(other)).toEqual({ outcome: "succeeded" });
  });

  it("takes no more than it may of prompts that come at once", async () => {
    const app = await start({ turnsPerServer: 1, queued: 3 }, { count: 2 });
    await send(app, hubot, "0");
    await runs("0");
    const sending = Array.from({ length: 12 }, (_, index) =>
      fails(send(processes[index % 2] as TestProcess, mona, `p${index}`)),
    );
    const results = (await Promise.all(sending)).sort();
    expect(results).toEqual([...Array(9).fill("queue_full"), ...Array(3).fill("sent")]);
    for (let done = 0; done < 4; done += 1) {
      await eventually(() => running.length).toBeGreaterThan(0);
      answer();
    }
  });
});

describe("a CLI server that has as many sessions in memory as it may", () => {
  const converse = async (app: TestProcess, prompt: string, sessionId?: string) => {
    const sent = await send(app, mona, prompt, sessionId);
    await runs(prompt);
    answer(prompt);
    await endOf(sent);
    return sent;
  };

  it("lets the one that was idle for longest go, which goes on at its next prompt", async () => {
    const app = await start({ sessionsPerServer: 2 });
    const first = await converse(app, "1");
    const second = await converse(app, "2");
    await converse(app, "1 again", first.sessionId);
    const third = await converse(app, "3");
    await eventually(() => pool.first.attached().sort()).toEqual([first.sessionId, third.sessionId].sort());
    await converse(app, "2 again", second.sessionId);
    await eventually(() => pool.first.attached().sort()).toEqual([second.sessionId, third.sessionId].sort());
    const resumed = pool.first.calls.filter(
      ({ method, sessionId }) => method === "attach" && sessionId === second.sessionId,
    );
    expect(resumed).toHaveLength(2);
  });

  it("never lets one go whose turn runs", async () => {
    const app = await start({ sessionsPerServer: 1 });
    const first = await send(app, mona, "1");
    await runs("1");
    const second = await send(app, mona, "2");
    await runs("1", "2");
    answer("1");
    answer("2");
    expect([await endOf(first), await endOf(second)]).toEqual(Array(2).fill({ outcome: "succeeded" }));
  });

  it("has them shared evenly by the processes that use it", async () => {
    const app = await start({ sessionsPerServer: 4 }, { count: 2 });
    for (const prompt of ["1", "2", "3"]) await converse(app, prompt);
    const drives = () => app.runner.load().held;
    await eventually(drives).toBe(2);
  });
});
