import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeCursor, encodeCursor } from "./rules";

const ID = "0199f0c4-7b7e-7c3a-8f00-0123456789ab";
const encode = (text: string) => Buffer.from(text).toString("base64url");

describe("a cursor", () => {
  it("comes back as it was made", () => {
    const dates = fc.date({ min: new Date("2000-01-01"), max: new Date("2999-01-01"), noInvalidDate: true });
    fc.assert(
      fc.property(dates, fc.uuid(), (lastActivityAt, id) => {
        expect(decodeCursor(encodeCursor({ lastActivityAt, id }))).toEqual({ lastActivityAt, id });
      }),
    );
  });

  it.each([
    ["", "nothing"],
    ["%%%", "no base64"],
    [encode("hello"), "other text"],
    [encode(`not-a-date ${ID}`), "no date"],
    [encode(`2026-13-45T99:99:99.999Z ${ID}`), "a date that does not exist"],
    [encode(`0000-01-01T00:00:00.000Z ${ID}`), "a year that Postgres does not have"],
    [encode(`+275760-09-13T00:00:00.000Z ${ID}`), "a year beyond four digits"],
    [encode(`2026-01-01T00:00:00.000Z ${"-".repeat(36)}`), "an id that is none"],
    [encode(`2026-01-01T00:00:00.000Z ${ID}' OR 1=1`), "more than an id"],
  ])("of %j is none: %s", (text) => {
    expect(decodeCursor(text)).toBeNull();
  });

  it("of any text at all never throws", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void decodeCursor(text)));
  });
});
