import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dueOf } from "./rules";
import { MISSED_AFTER_MS, MOMENTS_MAX } from "./tunables";

const MINUTE_MS = 60_000;
const START = Date.UTC(2026, 0, 1);
const at = (minutes: number) => new Date(START + minutes * MINUTE_MS);
/** Comes every minute. */
const everyMinute = {
  next: (after: Date) => new Date((Math.floor(after.getTime() / MINUTE_MS) + 1) * MINUTE_MS),
};
const due = (lateMs: number, missed: "skip" | "once" = "skip") =>
  dueOf({ nextRunAt: at(0), missed }, everyMinute, new Date(START + lateMs));

describe("a schedule whose time has come", () => {
  it.each([0, 1_500, MISSED_AFTER_MS])(
    "runs that moment, also %d ms late, and goes on with the one after",
    (lateMs) => {
      expect(due(lateMs)).toEqual({ dueAt: at(0), moments: 1, runs: true, nextRunAt: at(1) });
    },
  );

  it("after a downtime does nothing for what it missed, or one thing", () => {
    const lateMs = 60 * MINUTE_MS + 30_000;
    const missed = { dueAt: at(60), moments: 61, nextRunAt: at(61) };
    expect(due(lateMs, "skip")).toEqual({ ...missed, runs: false });
    expect(due(lateMs, "once")).toEqual({ ...missed, runs: true });
  });

  it("counts what it missed up to a limit, and goes on from now", () => {
    const lateMs = 10 * MOMENTS_MAX * MINUTE_MS;
    expect(due(lateMs)).toMatchObject({ moments: MOMENTS_MAX, nextRunAt: at(10 * MOMENTS_MAX + 1) });
  });

  it("that never comes again has no next moment", () => {
    const last = { next: () => null };
    expect(dueOf({ nextRunAt: at(0), missed: "skip" }, last, at(0)).nextRunAt).toBeNull();
    expect(dueOf({ nextRunAt: at(0), missed: "once" }, last, at(60))).toMatchObject({
      moments: 1,
      runs: true,
    });
  });

  it("leaves no moment out and does none twice, however often and late it is looked at", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20 * MINUTE_MS }), { maxLength: 30 }), (gaps) => {
        let nextRunAt: Date = at(1);
        let now = START;
        let seen = 0;
        for (const gap of gaps) {
          now += gap;
          while (nextRunAt.getTime() <= now) {
            const found = dueOf({ nextRunAt, missed: "once" }, everyMinute, new Date(now));
            seen += found.moments;
            nextRunAt = found.nextRunAt ?? at(0);
          }
        }
        return seen === Math.floor((now - START) / MINUTE_MS) && nextRunAt.getTime() > now;
      }),
    );
  });
});
