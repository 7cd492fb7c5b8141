import { afterEach, describe, expect, it, vi } from "vitest";
import { OverviewInput } from "@/lib/contracts/overview";
import { daysOf, daysProblem, daysRange, namedRange, RANGE_NAMES } from "./range";

const text = (range: OverviewInput | null) =>
  range && `${range.from.toISOString().slice(0, 16)} ${range.to.toISOString().slice(0, 16)}`;

afterEach(() => void vi.unstubAllEnvs());

describe("a range up to now", () => {
  it("has whole hours or days, the one under way among them", () => {
    const now = new Date("2026-11-23T01:20:30Z");
    expect(text(namedRange("24h", now))).toBe("2026-11-22T02:00 2026-11-23T02:00");
    expect(text(namedRange("7d", now))).toBe("2026-11-17T00:00 2026-11-24T00:00");
  });

  it("stays the same until the next step begins, so that the same thing is asked for again", () => {
    const early = namedRange("24h", new Date("2026-11-23T01:00:00Z"));
    expect(namedRange("24h", new Date("2026-11-23T01:59:59.999Z"))).toEqual(early);
    expect(namedRange("24h", new Date("2026-11-23T02:00:00Z"))).not.toEqual(early);
  });

  it.each(RANGE_NAMES)("of %s is one that may be asked for", (name) => {
    expect(OverviewInput.safeParse(namedRange(name, new Date())).success).toBe(true);
  });
});

describe("a range of two days", () => {
  it("has both of them, as days of UTC", () => {
    vi.stubEnv("TZ", "America/New_York");
    const range = daysRange({ from: "2026-11-01", to: "2026-11-03" });
    expect(text(range)).toBe("2026-11-01T00:00 2026-11-04T00:00");
    expect(range && daysOf(range)).toEqual({ from: "2026-11-01", to: "2026-11-03" });
  });

  it("is of the reader's days where it is shown by the hour", () => {
    vi.stubEnv("TZ", "America/New_York");
    expect(text(daysRange({ from: "2026-11-03", to: "2026-11-03" }))).toBe(
      "2026-11-03T05:00 2026-11-04T05:00",
    );
  });

  it("is shown by the hour when summer time ends in it, too", () => {
    vi.stubEnv("TZ", "America/New_York");
    expect(text(daysRange({ from: "2026-11-01", to: "2026-11-02" }))).toBe(
      "2026-11-01T04:00 2026-11-03T04:00",
    );
  });

  it.each([
    ["", "2026-11-03", "Choose two dates."],
    ["0002-11-01", "2026-11-03", "Choose two dates."],
    ["2026-02-31", "2026-11-03", "Choose two dates."],
    ["yesterday", "2026-11-03", "Choose two dates."],
    ["2026-11-04", "2026-11-03", "The first day is after the last."],
    ["2025-01-01", "2026-11-03", "At most 400 days."],
  ])("from %j to %j is none, and says why", (from, to, problem) => {
    expect(daysProblem({ from, to })).toBe(problem);
    expect(daysRange({ from, to })).toBeNull();
  });

  it("may be as long as the server allows, and no longer", () => {
    const longest = daysRange({ from: "2025-10-01", to: "2026-11-04" });
    expect(longest && OverviewInput.safeParse(longest).success).toBe(true);
    expect(daysRange({ from: "2025-09-30", to: "2026-11-04" })).toBeNull();
  });
});
