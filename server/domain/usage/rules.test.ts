import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FIRST_TEXT_BUCKETS_MS, quantile, stepsOf } from "./rules";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const bucketOf = (ms: number) => FIRST_TEXT_BUCKETS_MS.findLastIndex((from) => from <= ms);

function countsOf(times: readonly number[]): number[] {
  const counts: number[] = [];
  for (const ms of times) counts[bucketOf(ms)] = (counts[bucketOf(ms)] ?? 0) + 1;
  return Array.from(counts, (count) => count ?? 0);
}

describe("the buckets of times", () => {
  it("are what stored numbers were counted by: from 10 ms to 10 min, each a fifth longer", () => {
    expect(FIRST_TEXT_BUCKETS_MS).toHaveLength(64);
    expect(FIRST_TEXT_BUCKETS_MS.slice(0, 6)).toEqual([0, 10, 12, 14, 17, 20]);
    expect(FIRST_TEXT_BUCKETS_MS.slice(-3)).toEqual([420_743, 502_440, 600000]);
    // A checksum of all of them: who changes one changes what is stored.
    expect(FIRST_TEXT_BUCKETS_MS.reduce((sum, from) => sum + from, 0)).toMatchInlineSnapshot(`3689988`);
    for (const [n, from] of FIRST_TEXT_BUCKETS_MS.slice(1, -1).entries()) {
      const ratio = (FIRST_TEXT_BUCKETS_MS[n + 2] ?? 0) / from;
      expect(ratio).toBeGreaterThan(1.1);
      expect(ratio).toBeLessThan(1.25);
    }
  });
});

describe("a quantile of buckets", () => {
  it("is in the bucket of the exact one, whatever the times", () => {
    const times = fc.array(fc.double({ min: 0, max: 700_000, noNaN: true }), {
      minLength: 1,
      maxLength: 500,
    });
    const p = fc.double({ min: 0.001, max: 1, noNaN: true });
    fc.assert(
      fc.property(times, p, (some, at) => {
        const sorted = some.toSorted((one, other) => one - other);
        const exact = sorted[Math.max(1, Math.ceil(at * sorted.length)) - 1] ?? Number.NaN;
        const bucket = bucketOf(exact);
        const from = FIRST_TEXT_BUCKETS_MS[bucket] ?? 0;
        const found = quantile(countsOf(some), at) ?? Number.NaN;
        expect(found).toBeGreaterThanOrEqual(from);
        expect(found).toBeLessThanOrEqual(FIRST_TEXT_BUCKETS_MS[bucket + 1] ?? from);
      }),
    );
  });

  it("grows with p", () => {
    const counts = fc.array(fc.nat(50), { minLength: 1, maxLength: FIRST_TEXT_BUCKETS_MS.length });
    fc.assert(
      fc.property(counts, (some) => {
        const found = [0.01, 0.25, 0.5, 0.75, 0.95, 1].map((p) => quantile(some, p) ?? 0);
        expect(found).toEqual(found.toSorted((one, other) => one - other));
      }),
    );
  });

  it("is nothing where there is nothing", () => {
    expect([quantile([], 0.5), quantile([0, 0], 0.5)]).toEqual([null, null]);
  });
});

describe("the steps of a range", () => {
  it.each([
    ["an hour of one day", "2026-03-01T10:20:00Z", "2026-03-01T11:00:00Z", HOUR_MS, 1],
    ["two whole days", "2026-03-01T00:00:00Z", "2026-03-03T00:00:00Z", HOUR_MS, 48],
    ["two days that begin within an hour", "2026-03-01T10:20:00Z", "2026-03-03T10:20:00Z", HOUR_MS, 49],
    ["more than two days", "2026-03-01T10:20:00Z", "2026-03-03T10:20:00.001Z", DAY_MS, 3],
    ["a leap day", "2028-02-28T00:00:00Z", "2028-03-02T00:00:00Z", DAY_MS, 3],
  ])("of %s are whole, and cover it without a gap", (_, from, to, stepMs, count) => {
    const steps = stepsOf({ from: new Date(from), to: new Date(to) });
    expect(steps.stepMs).toBe(stepMs);
    expect(steps.starts).toHaveLength(count);
    expect(steps.starts[0]?.getTime()).toBeLessThanOrEqual(Date.parse(from));
    expect(steps.to.getTime()).toBeGreaterThanOrEqual(Date.parse(to));
    for (const [n, at] of steps.starts.entries()) {
      expect(at.getTime() % stepMs).toBe(0);
      expect(at.getTime()).toBe(steps.from.getTime() + n * stepMs);
    }
    expect((steps.starts.at(-1)?.getTime() ?? 0) + stepMs).toBe(steps.to.getTime());
  });
});
