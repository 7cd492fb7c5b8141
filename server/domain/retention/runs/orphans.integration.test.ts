import { randomUUID } from "node:crypto";
import pino from "pino";
import { describe, expect, it } from "vitest";
import { withCleanUp } from "@/tests/support/clean-up";
import { eventually, hasEnded, startTestProcess } from "@/tests/support/process";
import { settleOrphans } from "./orphans";

const DAY_MS = 86_400_000;
const log = pino({ level: "silent" });
const never = new AbortController().signal;

const world = withCleanUp();
const { parts, old, rowOf, runningHere } = world;

describe("orphans", () => {
  const now = new Date();
  const daysAgo = (days: number) => new Date(now.getTime() - days * DAY_MS);
  type Listed = { id: string; modifiedAt: Date | null };

  async function settle(lists: Record<string, Listed[] | Error>) {
    const { runs, removal } = parts();
    const { id: runId } = await runningHere();
    const fleet = {
      conversationsOn: async (id: string) => {
        const list = lists[id];
        if (!list || list instanceof Error) throw list ?? new Error("gone");
        return list;
      },
    };
    const deps = { runs, removal, fleet, log, serverIds: () => Object.keys(lists) };
    await settleOrphans(deps, { carrier: { runId, processId: "me" }, now, signal: never });
    return rowOf(runId);
  }
  const buried = async () =>
    (await world.database.db.sessionTombstone.findMany({ orderBy: { cliServer: "asc" } })).map(
      ({ sessionId, cliServer }) => [sessionId, cliServer],
    );
  const headOf = (sessionId: string) =>
    world.database.db.sessionHead.findUniqueOrThrow({ where: { sessionId } });

  it("on a disk are removed once, where they are old, named as ours, and no session knows them", async () => {
    const [own, copied, copy, unknown, young] = [
      await old(),
      await old(),
      ...[1, 2, 3].map(() => randomUUID()),
    ];
    await world.database.db.sessionHead.update({
      where: { sessionId: copied },
      data: { cliSession: copy ?? "" },
    });
    await world.database.db.sessionTombstone.create({ data: { sessionId: copied, cliServer: "a" } });
    const listed = [
      ...[own, copy, copied, unknown, "notes"].map((id = "") => ({ id, modifiedAt: daysAgo(2) })),
      { id: young ?? "", modifiedAt: daysAgo(0.5) },
      { id: randomUUID(), modifiedAt: null },
    ];
    const run = await settle({ a: listed, shared: listed });
    expect(run).toMatchObject({ orphanFiles: 1, orphanRows: 0 });
    expect((await buried()).toSorted()).toEqual(
      [
        [copied, "a"],
        [unknown, "a"],
      ].toSorted(),
    );
  });

  it("are removed by the janitor, through the server that has them", async () => {
    const lost = randomUUID();
    world.pool.first.disk.add(lost);
    await settle({ "cli-1": [{ id: lost, modifiedAt: daysAgo(2) }] });
    await using app = startTestProcess(world.database, world.pool);
    await eventually(() => [world.pool.first.disk.has(lost), app.id !== ""]).toEqual([false, true]);
  });

  it("rows begin a new conversation that knows the old one, where their server answers and has it not", async () => {
    const lost = await old({ cliServer: "cli-1", turn: "succeeded" });
    const silent = await old({ cliServer: "silent" });
    const held = await old({ cliServer: "cli-1" });
    await world.database.db.sessionHead.update({
      where: { sessionId: held },
      data: { leaseOwner: "somebody" },
    });
    const busy = await old({ cliServer: "cli-1", turn: "running" });
    const young = await old({ cliServer: "cli-1", active: 0.5 });
    const there = await old({ cliServer: "cli-1" });
    const run = await settle({
      "cli-1": [{ id: there, modifiedAt: daysAgo(2) }],
      silent: new Error("no answer"),
    });
    expect(run).toMatchObject({ orphanFiles: 0, orphanRows: 1 });
    for (const id of [held, busy, young, there])
      expect(await headOf(id)).toMatchObject({ cliServer: "cli-1" });
    expect(await headOf(silent)).toMatchObject({ cliServer: "silent" });
    expect(await headOf(lost)).toMatchObject({
      cliServer: null,
      memoryFromSeq: 2,
      fence: 0,
      leaseOwner: null,
    });
    await world.database.db.turn.deleteMany({ where: { sessionId: busy } });

    await using app = startTestProcess(world.database, world.pool);
    const { turnId } = await app.turns.send(world.mona, {
      sessionId: lost,
      prompt: "go on",
      idempotencyKey: "n",
    });
    await eventually(async () => (await app.turns.get(world.mona, turnId)).status).toBe("succeeded");
    expect(world.pool.first.told.get(lost)).toContain("User: p");
    const events = await app.log.read(lost, { afterSeq: 0, limit: 50 });
    expect(hasEnded(turnId)(events)).toBe(true);
    expect(events.flatMap((event) => (event.type === "turn.notice" ? [event.data.code] : []))).toEqual([
      "memory_rebuilt",
    ]);
  });

  it("rows are settled only as they were found", async () => {
    const id = await old({ cliServer: "cli-1" });
    const { runs, removal } = parts();
    const { id: runId } = await runningHere();
    const placed = await removal.placed("00000000-0000-0000-0000-000000000000", daysAgo(1), 10);
    await world.database.db.sessionHead.update({ where: { sessionId: id }, data: { fence: 1 } });
    await runs.forget({ runId, processId: "me" }, placed);
    expect(await headOf(id)).toMatchObject({ cliServer: "cli-1" });
    expect((await rowOf(runId)).orphanRows).toBe(0);
  });
});
