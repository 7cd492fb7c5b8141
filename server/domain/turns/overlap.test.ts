import fc from "fast-check";
import { expect, it } from "vitest";
import { OVERLAP_CHARS_MIN, overlapOf } from "./overlap";

const numbers = Array.from({ length: 200 }, (_, n) => `${n} `).join("");

it("finds where in a text the rest of it begins, wherever the text was cut", () => {
  const cut = fc.integer({ min: 0, max: numbers.length });
  fc.assert(
    fc.property(cut, cut, (one, other) => {
      const [begins, ends] = [Math.min(one, other), Math.max(one, other)];
      const shared = ends - begins;
      const found = overlapOf(numbers.slice(0, ends), numbers.slice(begins));
      expect(found).toBe(shared >= OVERLAP_CHARS_MIN ? shared : null);
    }),
  );
});

it("of texts of a few letters it never says a number that is not one", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 200 });
  fc.assert(
    fc.property(text, text, (earlier, later) => {
      const found = overlapOf(earlier, later);
      if (found !== null) expect(earlier.endsWith(later.slice(0, found))).toBe(true);
    }),
  );
});

it.each([
  ["nothing is the same", "x".repeat(100), "y".repeat(100)],
  ["the text repeats itself", "ab".repeat(100), "ab".repeat(80)],
  ["too little is the same", numbers.slice(0, 100), numbers.slice(100 - OVERLAP_CHARS_MIN + 1)],
  ["there is nothing yet", "", numbers],
  ["nothing more was said", numbers, ""],
])("is not certain where %s", (_, earlier, later) => {
  expect(overlapOf(earlier, later)).toBeNull();
});
