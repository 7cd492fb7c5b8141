import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SEQ_MAX, SessionId, TurnId } from "./ids";
import {
  CreateSessionInput,
  EVENT_PAGE_ROWS_MAX,
  ListEventsInput,
  ListSessionsInput,
  TITLE_CHARS_MAX,
  UpdateSessionInput,
  WatchInput,
} from "./sessions";
import { IDEMPOTENCY_KEY_CHARS_MAX, PROMPT_CHARS_MAX, SendPromptInput } from "./turns";

const NIL = "00000000-0000-0000-0000-000000000000";
const ID = "0199f0c4-7b7e-7c3a-8f00-0123456789ab";

const send = (change: object) =>
  SendPromptInput.safeParse({ sessionId: ID, prompt: "hello", idempotencyKey: "k", ...change });

describe("ids", () => {
  it.each([
    "",
    "x",
    "../etc",
    "'; DROP TABLE",
    `${ID} `,
    `{${ID}}`,
    ID.replaceAll("-", ""),
    "null",
    "🙂",
    "\u0000",
  ])("that are malformed become the id of nothing: %j", (text) => {
    expect(SessionId.parse(text)).toBe(NIL);
    expect(TurnId.parse(text)).toBe(NIL);
  });

  it("are one and the same in upper and lower case", () => {
    expect(SessionId.parse(ID.toUpperCase())).toBe(ID);
  });

  it("that are UUIDs stay what they are", () => {
    fc.assert(fc.property(fc.uuid(), (id) => SessionId.parse(id) === id));
  });

  it("are text", () => {
    for (const value of [undefined, null, 7, {}, []]) expect(SessionId.safeParse(value).success).toBe(false);
  });
});

describe("a prompt", () => {
  it.each([
    ["empty", ""],
    ["spaces", "   "],
    ["white space of every kind", " \n\t\r\u00a0\u2003\ufeff"],
    ["one character too long", "x".repeat(PROMPT_CHARS_MAX + 1)],
    ["too long with white space inside", `${"x".repeat(PROMPT_CHARS_MAX)} x`],
  ])("that is %s is refused with a sentence", (_, prompt) => {
    const parsed = send({ prompt });
    expect(parsed.success).toBe(false);
    expect(parsed.error?.issues[0]?.message).toMatch(/prompt/i);
  });

  it.each([
    ["one character", "x", "x"],
    ["the longest", "x".repeat(PROMPT_CHARS_MAX), "x".repeat(PROMPT_CHARS_MAX)],
    [
      "the longest between white space",
      `\n ${"x".repeat(PROMPT_CHARS_MAX)} \n`,
      "x".repeat(PROMPT_CHARS_MAX),
    ],
    ["lines inside", " a\n\n b ", "a\n\n b"],
  ])("of %s is taken, without the white space around it", (_, prompt, expected) => {
    expect(send({ prompt }).data?.prompt).toBe(expected);
  });

  it("is always storable: no NUL, no half of a surrogate pair", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        fc.constantFrom("\u0000", "\ud800", "\udfff", ""),
        (text, bad) => {
          const parsed = send({ prompt: `a${text}${bad}z` });
          const prompt = parsed.data?.prompt ?? "\u0000";
          return !prompt.includes("\u0000") && prompt.isWellFormed();
        },
      ),
      { numRuns: 50 },
    );
  });

  it("says the longest length in its message", () => {
    expect(PROMPT_CHARS_MAX).toBe(100_000);
    expect(send({ prompt: "x".repeat(100_001) }).error?.issues[0]?.message).toContain("100,000");
  });
});

describe("other text of callers", () => {
  it("has bounds", () => {
    expect(send({ idempotencyKey: "" }).success).toBe(false);
    expect(send({ idempotencyKey: "k".repeat(IDEMPOTENCY_KEY_CHARS_MAX) }).success).toBe(true);
    expect(send({ idempotencyKey: "k".repeat(IDEMPOTENCY_KEY_CHARS_MAX + 1) }).success).toBe(false);
    expect(CreateSessionInput.safeParse({ title: " " }).success).toBe(false);
    expect(CreateSessionInput.safeParse({ title: "t".repeat(TITLE_CHARS_MAX) }).success).toBe(true);
    expect(CreateSessionInput.safeParse({ title: "t".repeat(TITLE_CHARS_MAX + 1) }).success).toBe(false);
  });

  it("is storable", () => {
    const bad = "a\u0000\ud800";
    const good = "a\ufffd\ufffd";
    expect(send({ idempotencyKey: bad }).data?.idempotencyKey).toBe(good);
    expect(CreateSessionInput.parse({ title: bad, model: bad })).toEqual({ title: good, model: good });
    expect(UpdateSessionInput.parse({ sessionId: ID, title: bad }).title).toBe(good);
    expect(ListSessionsInput.parse({ query: bad }).query).toBe(good);
  });
});

describe("numbers", () => {
  it("of events fit the log's column", () => {
    expect(ListEventsInput.safeParse({ sessionId: ID, afterSeq: SEQ_MAX }).success).toBe(true);
    for (const afterSeq of [-1, 0.5, SEQ_MAX + 1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(ListEventsInput.safeParse({ sessionId: ID, afterSeq }).success).toBe(false);
  });

  it.each(["", "-1", "1.5", "abc", "1e3", "9999999999", "2147483648", "99999999999999999999"])(
    "lastEventId %j is refused",
    (lastEventId) => {
      expect(WatchInput.safeParse({ sessionId: ID, lastEventId }).success).toBe(false);
    },
  );

  it.each(["0", "1", "2147483647", "0000000012", null, undefined])(
    "lastEventId %j is taken",
    (lastEventId) => {
      expect(WatchInput.safeParse({ sessionId: ID, lastEventId }).success).toBe(true);
    },
  );

  it("of rows have a default and a bound", () => {
    expect(ListSessionsInput.parse(undefined)).toMatchObject({ limit: 30, archived: false });
    expect(ListSessionsInput.safeParse({ limit: 101 }).success).toBe(false);
    expect(ListSessionsInput.safeParse({ limit: 0 }).success).toBe(false);
    expect(ListEventsInput.parse({ sessionId: ID })).toMatchObject({
      afterSeq: 0,
      limit: EVENT_PAGE_ROWS_MAX,
    });
  });
});
