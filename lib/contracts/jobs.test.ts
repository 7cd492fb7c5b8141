import { describe, expect, it } from "vitest";
import { CreateJobInput, METADATA_CHARS_MAX } from "./jobs";

const parse = (change: object) => CreateJobInput.safeParse({ prompt: "p", idempotencyKey: "k", ...change });
const metadata = (value: unknown) => {
  const { success, data } = parse({ metadata: value });
  return success ? data?.metadata : null;
};

describe("a caller's notes on a job", () => {
  it("are any JSON object", () => {
    const notes = { a: [1, null, "x", { b: true }], "": -1.5 };
    expect(metadata(notes)).toEqual(notes);
    expect(metadata({})).toEqual({});
  });

  it("have a longest size as JSON", () => {
    const sized = (chars: number) => ({ a: "x".repeat(chars - '{"a":""}'.length) });
    expect(metadata(sized(METADATA_CHARS_MAX))).not.toBeNull();
    expect(metadata(sized(METADATA_CHARS_MAX + 1))).toBeNull();
  });

  it("are refused where they are no JSON", () => {
    const round: Record<string, unknown> = {};
    round.itself = round;
    const none = [round, { a: 1n }, { a: Number.NaN }, { a: undefined }, { a: new Date() }, { a: new Map() }];
    for (const value of [...none, [], "x", 1, null]) expect(metadata(value)).toBeNull();
  });

  it("are made storable, names of fields included", () => {
    expect(metadata({ "a\u0000": ["\ud800", { b: "\u0000" }] })).toEqual({
      "a\uFFFD": ["\uFFFD", { b: "\uFFFD" }],
    });
  });
});

describe("a job's times", () => {
  it.each(["notBefore", "deadline"])("%s is one that the database holds", (field) => {
    const isTaken = (text: string) => parse({ [field]: new Date(text) }).success;
    expect(["1970-01-01T00:00:00Z", "2026-11-23T09:00:00Z", "9998-12-31T23:59:59Z"].map(isTaken)).toEqual([
      true,
      true,
      true,
    ]);
    expect(["1969-12-31T23:59:59Z", "+010000-01-01T00:00:00Z", "x"].map(isTaken)).toEqual([
      false,
      false,
      false,
    ]);
  });
});
