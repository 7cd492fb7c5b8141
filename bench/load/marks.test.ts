import { describe, expect, it } from "vitest";
import { delaysBetween } from "./marks";

const notes = (...moments: [stream: number, seq: number, atMs: number][]) =>
  Float64Array.from(moments.flat());

describe("the delays of a load", () => {
  it("are from the sending of each event to its receipt, stream by stream", () => {
    const sent = notes([0, 1, 10], [1, 1, 11], [0, 2, 20]);
    const received = notes([1, 1, 14], [0, 1, 15], [0, 2, 21]);
    expect(delaysBetween(sent, received)).toEqual([5, 3, 1]);
  });

  it.each([
    ["a loss", notes([0, 1, 1])],
    ["a repetition", notes([0, 1, 1], [0, 1, 2], [0, 2, 3])],
    ["another order", notes([0, 2, 1], [0, 1, 2])],
  ])("fail the run where there was %s", (_, received) => {
    expect(() => delaysBetween(notes([0, 1, 0], [0, 2, 0]), received)).toThrow(/Stream 0/);
  });
});
