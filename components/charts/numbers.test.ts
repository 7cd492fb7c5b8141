import { describe, expect, it } from "vitest";
import { compactText, counted, countText, durationText, shareText } from "./numbers";

describe("lengths of time", () => {
  it.each([
    [0, "0 ms"],
    [84.6, "85 ms"],
    [1_000, "1 s"],
    [1_449, "1.4 s"],
    [9_999, "10 s"],
    [12_400, "12 s"],
    [59_600, "1 min"],
    [60_000, "1 min"],
    [125_000, "2 min 5 s"],
    [3_600_000, "1 h"],
    [3_599_900, "1 h"],
    [5_400_000, "1 h 30 min"],
  ])("%d ms read %s", (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });
});

it("counts are said with what they count", () => {
  expect([counted(0, "turn"), counted(1, "turn"), counted(1_200, "person", "people")]).toEqual([
    "0 turns",
    "1 turn",
    "1,200 people",
  ]);
});

it("numbers on an axis are short, those beside it whole", () => {
  expect([compactText(950), compactText(1_200), countText(1_234_567)]).toEqual(["950", "1.2K", "1,234,567"]);
});

it("a share of nothing is none", () => {
  expect([shareText(1, 3), shareText(0, 0)]).toEqual(["33.3%", "0%"]);
});
