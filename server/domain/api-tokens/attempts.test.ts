import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { AppError } from "@/lib/errors/app-error";
import { type Attempts, createAttempts } from "./attempts";
import { WRONG_TOKENS_MAX, WRONG_TOKENS_SECONDS } from "./tunables";

const HERE = "192.0.2.1";
const ELSEWHERE = "192.0.2.2";
let attempts: Attempts;

beforeEach(() => {
  vi.useFakeTimers();
  attempts = createAttempts();
});
afterEach(() => {
  vi.useRealTimers();
});

const outcomeOf = (tried: Promise<void>) =>
  tried.then(
    () => "passes",
    (error: unknown) => (error instanceof AppError ? { code: error.code, ...error.details } : error),
  );
const tooMany = (seconds: number) => ({ code: "too_many_attempts", retryAfterSeconds: String(seconds) });
const noteMany = () => Promise.all(Array.from({ length: WRONG_TOKENS_MAX }, () => attempts.note(HERE)));

it("as many wrong tokens as the limit says pass, and then none until the time is over", async () => {
  await noteMany();
  expect(await outcomeOf(attempts.check(HERE))).toEqual(tooMany(WRONG_TOKENS_SECONDS));
  expect(await outcomeOf(attempts.note(HERE))).toEqual(tooMany(WRONG_TOKENS_SECONDS));
  await vi.advanceTimersByTimeAsync((WRONG_TOKENS_SECONDS - 1) * 1_000);
  expect(await outcomeOf(attempts.check(HERE))).toEqual(tooMany(1));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await outcomeOf(attempts.check(HERE))).toBe("passes");
  expect(await outcomeOf(attempts.note(HERE))).toBe("passes");
});

it("many at the same moment pass no more than the limit says", async () => {
  const outcomes = await Promise.all(
    Array.from({ length: 5 * WRONG_TOKENS_MAX }, () => outcomeOf(attempts.note(HERE))),
  );
  expect(outcomes.filter((outcome) => outcome === "passes")).toHaveLength(WRONG_TOKENS_MAX);
});

it("whoever goes on trying does not wait longer", async () => {
  await noteMany();
  await vi.advanceTimersByTimeAsync((WRONG_TOKENS_SECONDS - 1) * 1_000);
  for (let n = 0; n < WRONG_TOKENS_MAX; n += 1) await outcomeOf(attempts.note(HERE));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await outcomeOf(attempts.check(HERE))).toBe("passes");
});

it("nobody waits for what comes from another address", async () => {
  await noteMany();
  expect(await outcomeOf(attempts.check(ELSEWHERE))).toBe("passes");
  expect(await outcomeOf(attempts.note(ELSEWHERE))).toBe("passes");
});
