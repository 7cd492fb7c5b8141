import { describe, expect, it } from "vitest";
import { seededRandom } from "./random";
import { addedAt, bootstrap, distributionOf, quantileOf, ratioOfMedians } from "./stats";

const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe("the seeded source of numbers", () => {
  it("repeats with its seed and differs with another", () => {
    const take = (seed: number) => {
      const random = seededRandom(seed);
      return range(5).map(() => random());
    };
    expect(take(7)).toEqual(take(7));
    expect(take(7)).not.toEqual(take(8));
  });

  it("spreads evenly over [0, 1)", () => {
    const random = seededRandom(1);
    const buckets = range(10).map(() => 0);
    for (const _ of range(10_000)) {
      const bucket = Math.floor(random() * 10);
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
    }
    expect(Math.min(...buckets)).toBeGreaterThan(900);
    expect(Math.max(...buckets)).toBeLessThan(1_100);
  });
});

describe("quantiles", () => {
  it("do not depend on the order of the values", () => {
    expect(quantileOf([5, 1, 4, 2, 3], 0.5)).toBe(3);
    expect(quantileOf(range(100), 0.99)).toBeCloseTo(99.01);
  });

  it("of nothing are not a number", () => {
    expect(quantileOf([], 0.5)).toBeNaN();
    expect(distributionOf([], seededRandom(1)).p50.value).toBeNaN();
  });
});

describe("bootstrap intervals", () => {
  it("hold the estimate, and are the same for the same seed", () => {
    const values = range(200);
    const once = distributionOf(values, seededRandom(3));
    expect(once).toEqual(distributionOf(values, seededRandom(3)));
    for (const { value, low, high } of [once.p50, once.p95, once.p99]) {
      expect(low).toBeLessThanOrEqual(value);
      expect(high).toBeGreaterThanOrEqual(value);
    }
  });

  it("are a point where all values are the same", () => {
    expect(bootstrap([4, 4, 4], (rows) => quantileOf(rows, 0.5), seededRandom(1))).toEqual({
      value: 4,
      low: 4,
      high: 4,
    });
  });

  it("hold the true median in about 95 of 100 samples", () => {
    const random = seededRandom(11);
    const hits = range(100).filter(() => {
      const sample = range(60).map(() => random());
      const { low, high } = bootstrap(sample, (rows) => quantileOf(rows, 0.5), random);
      return low <= 0.5 && 0.5 <= high;
    });
    expect(hits.length).toBeGreaterThanOrEqual(88);
  });
});

describe("paired comparisons", () => {
  it("keep pairs together: a constant difference has an interval without width", () => {
    const pairs = range(50).map((value) => [value + 3, value] as const);
    expect(addedAt(0.5, pairs, seededRandom(1))).toEqual({ value: 3, low: 3, high: 3 });
  });

  it("compare medians as a ratio", () => {
    const pairs = range(50).map((value) => [value / 2, value] as const);
    const { value, low, high } = ratioOfMedians(pairs, seededRandom(1));
    expect(value).toBeCloseTo(0.5);
    expect(low).toBeCloseTo(0.5);
    expect(high).toBeCloseTo(0.5);
  });
});
