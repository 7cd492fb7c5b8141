import { describe, expect, it } from "vitest";
import { CopilotError } from "@/server/copilot/errors";
import { delta, OneSession } from "@/tests/support/one-session";
import { eventually, hasEnded, startTestProcess } from "@/tests/support/process";

const MINUTE_MS = 60_000;
const one = new OneSession(["cli-1"]);

const row = (id: string) => one.database.db.turn.findUniqueOrThrow({ where: { id } });

describe("the time of the first text", () => {
  it("is when the first piece of the answer was heard, not when the model thought or the message was whole", async () => {
    const { turnId, emit } = await one.running();
    emit({ kind: "reasoning_delta", reasoningId: "r", text: "hm" }, delta(""));
    await one.has("assistant.reasoning_delta");
    one.app.clock.jump(MINUTE_MS);
    const from = one.app.clock.now();
    emit(delta("a"));
    const to = one.app.clock.now();
    one.app.clock.jump(MINUTE_MS);
    emit(delta("b"), { kind: "message", messageId: "m", content: "ab", reasoning: null });
    emit({ kind: "idle", aborted: false });
    await one.ended(turnId);
    const { firstTextAt } = await row(turnId);
    expect(firstTextAt?.getTime()).toBeGreaterThanOrEqual(from.getTime());
    expect(firstTextAt?.getTime()).toBeLessThanOrEqual(to.getTime());
  });

  it("is when the whole message was heard, where it came in one piece", async () => {
    const { turnId, emit } = await one.running();
    emit(
      { kind: "message", messageId: "m", content: "all", reasoning: null },
      { kind: "idle", aborted: false },
    );
    await one.ended(turnId);
    expect((await row(turnId)).firstTextAt).not.toBeNull();
  });

  it("is none where nothing was said", async () => {
    one.cli.refuse("send", new CopilotError("model_rejected", "no"));
    const failed = await one.send();
    await one.ended(failed);
    const { turnId, emit } = await one.running();
    emit({ kind: "idle", aborted: true });
    await one.ended(turnId);
    for (const id of [failed, turnId]) {
      expect(await row(id)).toMatchObject({ firstTextAt: null, endedAt: expect.any(Date) });
    }
  });

  it("is what the log says where another process goes on with the turn", async () => {
    const { turnId, emit } = await one.running();
    emit(delta("a"));
    const said = (await one.has("assistant.delta")).find(({ type }) => type === "assistant.delta");
    await one.app[Symbol.asyncDispose]();
    const other = startTestProcess(one.database, one.pool);
    try {
      other.clock.jump(MINUTE_MS);
      await eventually(() => one.methods()).toContain("recall");
      emit(delta("b"), { kind: "message", messageId: "m", content: "ab", reasoning: null });
      emit({ kind: "idle", aborted: false });
      await one.until(hasEnded(turnId), other);
      expect((await row(turnId)).firstTextAt).toEqual(said?.at);
    } finally {
      await other[Symbol.asyncDispose]();
    }
  });
});
