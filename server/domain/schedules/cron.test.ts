import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCron } from "./cron";

function timing(cron: string, timeZone = "UTC") {
  const parsed = parseCron(cron, timeZone);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.timing;
}
const coming = (cron: string, timeZone: string, after: string, count = 3) =>
  timing(cron, timeZone)
    .coming(new Date(after), count)
    .map((date) => date.toISOString());

describe("an expression", () => {
  it.each([
    ["0 9 * * 1-5", "UTC", "2026-11-20T10:00:00Z", ["2026-11-23T09:00:00.000Z", "2026-11-24T09:00:00.000Z"]],
    ["*/15 * * * *", "UTC", "2026-11-20T10:07:00Z", ["2026-11-20T10:15:00.000Z", "2026-11-20T10:30:00.000Z"]],
    [
      "0 0 1 * *",
      "Asia/Kolkata",
      "2026-11-20T10:00:00Z",
      ["2026-11-30T18:30:00.000Z", "2026-12-31T18:30:00.000Z"],
    ],
    [
      "@daily",
      "America/New_York",
      "2026-11-20T10:00:00Z",
      ["2026-11-21T05:00:00.000Z", "2026-11-22T05:00:00.000Z"],
    ],
    ["0 12 29 2 *", "UTC", "2026-11-20T10:00:00Z", ["2028-02-29T12:00:00.000Z", "2032-02-29T12:00:00.000Z"]],
  ])("%s in %s after %s", (cron, timeZone, after, expected) => {
    expect(coming(cron, timeZone, after, expected.length)).toEqual(expected);
  });

  it("keeps its hour where clocks change; one that there is not comes later, and one that comes twice once", () => {
    // Berlin: 29 March 2026, 02:00 is 03:00; 25 October 2026, 03:00 is 02:00 again.
    expect(coming("0 9 * * *", "Europe/Berlin", "2026-03-28T06:00:00Z")).toEqual([
      "2026-03-28T08:00:00.000Z",
      "2026-03-29T07:00:00.000Z",
      "2026-03-30T07:00:00.000Z",
    ]);
    expect(coming("30 2 * * *", "Europe/Berlin", "2026-03-28T00:00:00Z")).toEqual([
      "2026-03-28T01:30:00.000Z",
      "2026-03-29T01:30:00.000Z",
      "2026-03-30T00:30:00.000Z",
    ]);
    expect(coming("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z")).toEqual([
      "2026-10-25T00:30:00.000Z",
      "2026-10-26T01:30:00.000Z",
      "2026-10-27T01:30:00.000Z",
    ]);
  });

  it("is told in words", () => {
    expect(timing("0 9 * * 1-5").words).toBe("At 09:00, Monday through Friday");
    expect(timing("*/15 * * * *").words).toBe("Every 15 minutes");
  });

  it.each([
    ["", "cron"],
    ["* * * *", "cron"],
    ["* * * * * *", "cron"],
    ["61 * * * *", "cron"],
    ["a b c d e", "cron"],
    ["0 0 30 2 *", "cron"],
    ["@reboot", "cron"],
    ["2026-01-01T00:00:00", "cron"],
  ])("%j is refused with a reason", (cron, field) => {
    const parsed = parseCron(cron, "UTC");
    expect(parsed).toMatchObject({ ok: false, field });
    expect(parsed.ok ? "" : parsed.problem).toMatch(/[.]$/);
  });

  it.each(["", "Mars/Olympus", "UTC+25", "../etc"])("in the time zone %j is refused", (timeZone) => {
    expect(parseCron("@daily", timeZone)).toMatchObject({ ok: false, field: "timeZone" });
  });

  it("of whatever text never throws, and comes after the moment that is asked about", () => {
    const field = fc.oneof(
      fc.constantFrom("*", "*/5", "1-3", "7"),
      fc.integer({ min: 0, max: 70 }).map(String),
    );
    const crons = fc.oneof(
      fc.string(),
      fc.tuple(field, field, field, field, field).map((all) => all.join(" ")),
    );
    const moments = fc.date({
      min: new Date("2020-01-01"),
      max: new Date("2040-01-01"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(crons, moments, (cron, after) => {
        const parsed = parseCron(cron, "Europe/Berlin");
        const next = parsed.ok ? parsed.timing.next(after) : null;
        return next === null || next > after;
      }),
      { numRuns: 200 },
    );
  });
});
