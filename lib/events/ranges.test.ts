import fc from "fast-check";
import { expect, it } from "vitest";
import { toRanges } from "./ranges";

it("ranges hold exactly the numbers they were made from, ascending and as few as can be", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 60 })), (numbers) => {
      const ranges = toRanges(numbers);
      const spread = ranges.flatMap(([from, to]) =>
        Array.from({ length: to - from + 1 }, (_, n) => from + n),
      );
      expect(spread).toEqual([...new Set(numbers)].sort((a, b) => a - b));
      for (const [index, [from]] of ranges.entries()) {
        const before = ranges[index - 1];
        if (before) expect(from).toBeGreaterThan(before[1] + 1);
      }
    }),
  );
});
