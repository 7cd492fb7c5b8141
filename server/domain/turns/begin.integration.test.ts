import { beforeEach, describe, expect, it } from "vitest";
import { OneSession } from "@/tests/support/one-session";
import { startTestProcess } from "@/tests/support/process";

const one = new OneSession(["cli-1"]);
const sends = () => one.cli.calls.filter(({ method }) => method === "send").length;

beforeEach(async () => {
  await one.ended(await one.send("the first turn brings the session to the CLI server"));
});

describe("a prompt for a session that this process drives", () => {
  it("is stored together with its turn's start, and runs", async () => {
    // Right after a turn its runner may still be tidying up; then a prompt is queued, as for any other session.
    let sent = await one.prompt("second");
    while (sent.status === "queued") {
      await one.ended(sent.turnId);
      sent = await one.prompt("second");
    }
    const { turnId, seq } = sent;
    const events = (await one.ended(turnId)).filter((event) => event.turnId === turnId);
    expect(events.slice(0, 2).map((event) => [event.seq, event.type])).toEqual([
      [seq, "user.message"],
      [seq + 1, "turn.started"],
    ]);
    expect(events.at(-1)?.data).toEqual({ outcome: "succeeded" });
    expect(await one.app.turns.get(one.mona, turnId)).toMatchObject({
      seq,
      status: "succeeded",
      prompt: "second",
    });
  });

  it("runs on the model that was chosen meanwhile", async () => {
    await one.app.sessions.update(one.mona, { sessionId: one.sessionId, model: "gpt-5-mini" });
    const { turnId, status } = await one.prompt("second");
    expect(status).toBe("queued");
    const events = (await one.ended(turnId)).filter((event) => event.turnId === turnId);
    expect(events.find((event) => event.type === "turn.started")?.data).toEqual({
      model: "gpt-5-mini",
      identity: "user",
    });
  });

  it("can be stopped at the moment it starts", async () => {
    one.cli.autoAnswer = false;
    const { turnId } = await one.prompt("second");
    expect(await one.app.turns.abort(one.mona, one.sessionId)).toEqual({ aborted: true });
    one.app.clock.jump(60_000);
    expect((await one.ended(turnId)).at(-1)?.data).toEqual({ outcome: "aborted" });
  });

  it("is one turn, however often the same is sent at once", async () => {
    const before = sends();
    const all = await Promise.all(Array.from({ length: 20 }, () => one.prompt("second", "the same key")));
    expect(new Set(all.map(({ turnId }) => turnId)).size).toBe(1);
    await one.ended(all[0]?.turnId ?? "");
    expect(sends()).toBe(before + 1);
  });

  it("loses to another prompt of the same moment with a clear error", async () => {
    one.cli.autoAnswer = false;
    const all = await Promise.allSettled([one.prompt("one"), one.prompt("two"), one.prompt("three")]);
    const won = all.flatMap((each) => (each.status === "fulfilled" ? [each.value.turnId] : []));
    const codes = all.flatMap((each) => (each.status === "rejected" ? [each.reason.code] : []));
    expect([won.length, codes]).toEqual([1, ["turn_already_active", "turn_already_active"]]);
  });

  it("is left to the process that has taken the session over meanwhile", async () => {
    const other = startTestProcess(one.database, one.pool);
    await one.database.db.sessionHead.update({
      where: { sessionId: one.sessionId },
      data: { fence: { increment: 1 }, leaseOwner: other.id, leaseExpiresAt: new Date(Date.now() + 60_000) },
    });
    const { turnId, status } = await one.prompt("second");
    expect(status).toBe("queued");
    other.runner.kick(one.sessionId);
    expect((await one.ended(turnId, other)).at(-1)?.data).toEqual({ outcome: "succeeded" });
    await other[Symbol.asyncDispose]();
  });
});
