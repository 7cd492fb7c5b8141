import { describe, expect, it } from "vitest";
import { stepNames } from "./steps";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const steps = (from: string, stepMs: number, count: number) =>
  Array.from({ length: count }, (_, n) => new Date(new Date(from).getTime() + n * stepMs));
const named = (stepMs: number, timeZone: string, all: Date[], max: number) => {
  const names = stepNames(stepMs, timeZone);
  return names.ticks(all, max).map((place) => names.axis(all[place] ?? new Date(Number.NaN)));
};

describe("hours", () => {
  const day = steps("2026-11-03T15:00Z", HOUR_MS, 24);

  it("are named in the reader's time zone, and midnight by its date", () => {
    expect(named(HOUR_MS, "Europe/Berlin", day, 8)).toEqual([
      ...["18:00", "21:00", "Nov 4", "03:00", "06:00", "09:00", "12:00", "15:00"],
    ]);
    expect(stepNames(HOUR_MS, "America/New_York").full(new Date("2026-11-04T03:00Z"))).toBe(
      "Tue, Nov 3, 22:00–23:00",
    );
  });

  it("are named in zones that are half an hour off", () => {
    expect(named(HOUR_MS, "Asia/Kolkata", day, 4)).toEqual(["Nov 4", "06:30", "12:30", "18:30"]);
  });

  it("are fewer where there is less room", () => {
    expect(named(HOUR_MS, "UTC", day, 4)).toEqual(["18:00", "Nov 4", "06:00", "12:00"]);
    expect(named(HOUR_MS, "UTC", day, 2)).toEqual(["Nov 4", "12:00"]);
    expect(named(HOUR_MS, "UTC", day, 1)).toEqual(["Nov 4"]);
  });
});

describe("days", () => {
  it("are days of UTC, wherever the reader is", () => {
    const names = stepNames(DAY_MS, "America/Los_Angeles");
    expect(names.full(new Date("2026-11-03T00:00Z"))).toBe("Tue, Nov 3, 2026");
  });

  it.each([
    [7, 8, ["Nov 3", "Nov 4", "Nov 5", "Nov 6", "Nov 7", "Nov 8", "Nov 9"]],
    [7, 4, ["Nov 3", "Nov 5", "Nov 7", "Nov 9"]],
    [30, 6, ["Nov 9", "Nov 16", "Nov 23", "Nov 30"]],
    [90, 6, ["Nov 15", "Dec 1", "Dec 15", "Jan 1", "Jan 15", "Feb 1"]],
    [90, 4, ["Dec 1", "Jan 1"]],
    [400, 7, ["Jan 1", "Mar 1", "May 1", "Jul 1", "Sep 1", "Nov 1"]],
  ])("%d of them in %d places are named at weeks or months", (count, max, expected) => {
    const all = steps(count === 90 ? "2026-11-04T00:00Z" : "2026-11-03T00:00Z", DAY_MS, count);
    expect(named(DAY_MS, "UTC", all, max).slice(0, expected.length)).toEqual(expected);
  });

  it("have at least one name, and none where there are no steps", () => {
    expect(named(DAY_MS, "UTC", steps("2026-11-03T00:00Z", DAY_MS, 2), 1)).toEqual(["Nov 3"]);
    expect(named(DAY_MS, "UTC", [], 5)).toEqual([]);
  });
});
