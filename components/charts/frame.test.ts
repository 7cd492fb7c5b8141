import { describe, expect, it } from "vitest";
import { frameOf, middleOf, placeAt } from "./frame";

const frame = (options: Partial<Parameters<typeof frameOf>[0]> = {}) =>
  frameOf({ width: 500, height: 200, steps: 24, max: 97, whole: true, ...options });

describe("the frame of a chart", () => {
  it("ends at a round number above the largest value", () => {
    expect(frame().y.domain()).toEqual([0, 100]);
    expect(frame({ max: 1_340 }).yTicks).toEqual([0, 500, 1_000, 1_500]);
  });

  it("has whole numbers on the axis of what is counted, and an axis where all is zero", () => {
    expect(frame({ max: 1 }).yTicks).toEqual([0, 1]);
    expect(frame({ max: 0 }).yTicks).toEqual([0, 1]);
    expect(frame({ max: 1, whole: false }).yTicks).toEqual([0, 0.5, 1]);
  });

  it.each([1, 24, 90, 400])("the step pointed at is the one drawn there (%d steps)", (steps) => {
    const one = frame({ steps });
    for (const place of one.x.domain()) expect(placeAt(one, middleOf(one, place))).toBe(place);
  });

  it("what lies outside belongs to the first or last step", () => {
    expect([placeAt(frame(), -10), placeAt(frame(), 9_999)]).toEqual([0, 23]);
  });

  it("can be drawn before there is room for it", () => {
    expect(frame({ width: 0 }).x.bandwidth()).toBeGreaterThan(0);
  });
});
