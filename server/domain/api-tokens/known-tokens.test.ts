import { expect, it } from "vitest";
import { createKnownTokens } from "./known-tokens";
import { KNOWN_TOKENS_MAX } from "./tunables";

const EVERY_MS = 60_000;

it("a use is to be noted the first time, and then once in a while", () => {
  const known = createKnownTokens();
  const due = [0, 1, EVERY_MS - 1, EVERY_MS, EVERY_MS + 1].map((nowMs) => known.greet("a", nowMs, EVERY_MS));
  expect(due).toEqual([true, false, false, true, false]);
  expect(known.greet("b", 1, EVERY_MS)).toBe(true);
});

it("a token that is not good any more is not known any more", () => {
  const known = createKnownTokens();
  known.greet("a", 0, EVERY_MS);
  expect(known.has("a")).toBe(true);
  known.forget("a");
  expect(known.has("a")).toBe(false);
  expect(known.greet("a", 1, EVERY_MS)).toBe(true);
});

it("what was not used for longest is forgotten first, and no more is kept than the limit says", () => {
  const known = createKnownTokens();
  for (let n = 0; n < KNOWN_TOKENS_MAX; n += 1) known.greet(`t-${n}`, n, EVERY_MS);
  known.greet("t-0", KNOWN_TOKENS_MAX, EVERY_MS);
  known.greet("new", KNOWN_TOKENS_MAX, EVERY_MS);
  expect(["t-0", "t-1", "t-2", "new"].map((hash) => known.has(hash))).toEqual([true, false, true, true]);
});
