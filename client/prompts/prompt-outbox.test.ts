import { describe, expect, test } from "vitest";
import type { SendPromptInput } from "@/lib/contracts/turns";
import { ERROR_TABLE, type ErrorCode } from "@/lib/errors/table";
import { reduceEvents } from "../events/reduce";
import { EMPTY_TRANSCRIPT, type Transcript } from "../events/transcript";
import { createPromptOutbox, unseenEntries } from "./prompt-outbox";

const serverError = (code: ErrorCode) =>
  Object.assign(new Error(ERROR_TABLE[code].message), { data: { app: { code, ...ERROR_TABLE[code] } } });

function setUp(answers: (Error | "ok")[]) {
  const sent: SendPromptInput[] = [];
  let keys = 0;
  const outbox = createPromptOutbox({
    send(input) {
      sent.push(input);
      const answer = answers.shift() ?? "ok";
      return answer === "ok"
        ? Promise.resolve({ turnId: "t1", seq: 1, status: "queued" as const })
        : Promise.reject(answer);
    },
    sleep: () => Promise.resolve(),
    newKey: () => `key-${++keys}`,
  });
  return { outbox, sent };
}
const input = { sessionId: "s", prompt: "hello", afterSeq: 0 };

const afterPrompt = (turnId: string, seq: number): Transcript =>
  reduceEvents(EMPTY_TRANSCRIPT, [
    { seq, at: new Date(0), turnId, type: "user.message", data: { content: "hello" } },
  ]);

describe("the outbox", () => {
  test("repeats a send whose answer was lost with the same idempotency key", async () => {
    const { outbox, sent } = setUp([
      new TypeError("fetch failed"),
      serverError("database_unavailable"),
      "ok",
    ]);
    expect(await outbox.submit(input)).toBe(true);
    expect(sent.map(({ idempotencyKey }) => idempotencyKey)).toEqual(["key-1", "key-1", "key-1"]);
  });

  test("does not repeat what the server refuses, and keeps the prompt with the reason", async () => {
    const { outbox, sent } = setUp([serverError("turn_already_active")]);
    expect(await outbox.submit(input)).toBe(false);
    expect(sent).toHaveLength(1);
    expect(outbox.entries()[0]).toMatchObject({ prompt: "hello", error: { code: "turn_already_active" } });
  });

  test("gives up after some failures; trying again by hand uses the old key", async () => {
    const offline = () => new TypeError("fetch failed");
    const { outbox, sent } = setUp([offline(), offline(), offline(), offline(), "ok"]);
    expect(await outbox.submit(input)).toBe(false);
    expect(outbox.entries()[0]?.error?.code).toBe("offline");
    expect(await outbox.resend("key-1")).toBe(true);
    expect(new Set(sent.map(({ idempotencyKey }) => idempotencyKey))).toEqual(new Set(["key-1"]));
  });

  test("each submit has a key of its own", async () => {
    const { outbox, sent } = setUp([]);
    await outbox.submit(input);
    await outbox.submit(input);
    expect(sent.map(({ idempotencyKey }) => idempotencyKey)).toEqual(["key-1", "key-2"]);
  });
});

describe("a prompt on its way", () => {
  const entry = { key: "k", error: null, turnId: null, ...input };

  test("is shown until its event is there", () => {
    expect(unseenEntries([entry], "s", EMPTY_TRANSCRIPT)).toHaveLength(1);
    expect(unseenEntries([{ ...entry, turnId: "t1" }], "s", EMPTY_TRANSCRIPT)).toHaveLength(1);
    expect(unseenEntries([{ ...entry, turnId: "t1" }], "s", afterPrompt("t1", 1))).toHaveLength(0);
  });

  test("is recognised by its text while the answer to the send is still missing", () => {
    expect(unseenEntries([entry], "s", afterPrompt("t1", 1))).toHaveLength(0);
  });

  test("is not taken for an earlier prompt with the same text", () => {
    expect(unseenEntries([{ ...entry, afterSeq: 5 }], "s", afterPrompt("t0", 3))).toHaveLength(1);
  });

  test("belongs to one session", () => {
    expect(unseenEntries([entry], "other", EMPTY_TRANSCRIPT)).toHaveLength(0);
  });
});
