import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { firstBatch, isDue, lastDue, mayBeOurs, nextBatchRows, nextDue, weightOf } from "./rules";
import { BATCH_AIM_MS, BATCH_ROWS_MAX, BATCH_ROWS_MIN } from "./tunables";

const at = (text: string) => new Date(`2026-03-0${text}:00Z`);

describe("the schedule", () => {
  it.each([
    ["2T03:29", "1T03:30", "2T03:30"],
    ["2T03:30", "2T03:30", "3T03:30"],
    ["2T23:59", "2T03:30", "3T03:30"],
  ])("at %s was due last at %s, and is next at %s", (now, last, next) => {
    expect(lastDue(at(now), "03:30")).toEqual(at(last));
    expect(nextDue(at(now), "03:30")).toEqual(at(next));
  });

  it.each([
    ["no rule is in force", null, null, false],
    ["it never ran", "1T10:00", null, true],
    ["it ran the day before", "1T10:00", "1T23:00", true],
    ["it ran since", "1T10:00", "2T03:31", false],
    ["the rules are newer than the last time", "2T04:00", null, false],
  ] as const)("on the morning after, where %s", (_, ruledSince, lastRunAt, expected) => {
    const schedule = {
      ruledSince: ruledSince === null ? null : at(ruledSince),
      lastRunAt: lastRunAt === null ? null : at(lastRunAt),
    };
    expect(isDue(schedule, at("2T08:00"), "03:30")).toBe(expected);
  });
});

describe("a batch", () => {
  it("is halved after one that took too long, doubled after one that was far below, and keeps its bounds", () => {
    expect(nextBatchRows(1_000, BATCH_AIM_MS + 1, true)).toBe(500);
    expect(nextBatchRows(1_000, BATCH_AIM_MS, true)).toBe(1_000);
    expect(nextBatchRows(1_000, 1, true)).toBe(2_000);
    expect(nextBatchRows(1_000, 1, false)).toBe(1_000);
    expect(nextBatchRows(BATCH_ROWS_MIN, 1_000, true)).toBe(BATCH_ROWS_MIN);
    expect(nextBatchRows(BATCH_ROWS_MAX, 0, true)).toBe(BATCH_ROWS_MAX);
  });

  it("has as many sessions as there is room for, in order, and never none", () => {
    const sessions = fc.array(fc.record({ events: fc.nat(50) }), { minLength: 1 });
    fc.assert(
      fc.property(sessions, fc.integer({ min: 1, max: 200 }), (all, rows) => {
        const { batch, weight } = firstBatch(all, rows);
        expect(batch).toEqual(all.slice(0, Math.max(1, batch.length)));
        expect(weight).toBe(batch.reduce((sum, each) => sum + weightOf(each), 0));
        if (batch.length > 1) expect(weight).toBeLessThanOrEqual(rows);
        const next = all[batch.length];
        if (next) expect(weight + weightOf(next)).toBeGreaterThan(rows);
      }),
    );
  });
});

it("only what is named as ours are may be ours", () => {
  expect(mayBeOurs("0198f6a2-6b1f-7c3e-9d0a-0123456789ab")).toBe(true);
  for (const id of ["", "notes", "0198F6A2-6B1F-7C3E-9D0A-0123456789AB", "../x"])
    expect(mayBeOurs(id)).toBe(false);
});
