import { expect, it } from "vitest";
import { bytesText, durationText } from "./units";

it.each([
  [0, "0 B"],
  [999, "999 B"],
  [1_000, "1.0 kB"],
  [12_345, "12.3 kB"],
  [123_456, "123 kB"],
  [5_000_000_000, "5.0 GB"],
  [5e15, "5000 TB"],
])("%d bytes are %s", (bytes, text) => {
  expect(bytesText(bytes)).toBe(text);
});

it.each([
  [0, "0 ms"],
  [340.4, "340 ms"],
  [2_400, "2.4 s"],
  [59_000, "59 s"],
  [180_000, "3 min"],
  [18_000_000, "5 h"],
  [172_800_000, "2 days"],
])("%d ms are %s", (ms, text) => {
  expect(durationText(ms)).toBe(text);
});
