import { expect, test } from "vitest";
import { bytesText, countText, durationText } from "./units";

test.each([
  [0, "0 B"],
  [1_023, "1023 B"],
  [1_536, "1.5 KB"],
  [431_816_704, "412 MB"],
  [3_221_225_472, "3.0 GB"],
])("a size of %d bytes reads %s", (bytes, text) => {
  expect(bytesText(bytes)).toBe(text);
});

test.each([
  [83.6, "84 ms"],
  [3_240, "3.2 s"],
  [59_400, "59 s"],
  [59_600, "1 min 0 s"],
  [250_000, "4 min 10 s"],
  [7_500_000, "2 h 5 min"],
])("a time of %d ms reads %s", (ms, text) => {
  expect(durationText(ms)).toBe(text);
});

test("a count says its noun in the right number", () => {
  expect([0, 1, 2_300].map((count) => countText(count, "session"))).toEqual([
    "no sessions",
    "1 session",
    "2,300 sessions",
  ]);
  expect(countText(2, "person", "people")).toBe("2 people");
});
