import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ATTEMPTS_MAX, CreateJobInput } from "@/lib/contracts/jobs";
import { TURN_FAILURES } from "@/lib/errors/turn-failures";
import { fateOf, hashOf, isPutOff, putOffMs, retryInMs, turnKeyOf } from "./rules";
import { BACKOFF_LAST_MS, JITTER, PUT_OFF_LAST_MS } from "./tunables";

const FIRST = { attempts: 0, maxAttempts: 3 };
const MIDDLE = 0.5;

describe("after a failed turn", () => {
  it.each([
    ["rate_limited", 60_000],
    ["model_unavailable", 5_000],
    ["fleet_exhausted", 5_000],
    ["timed_out", 5_000],
    ["internal", 5_000],
    ["cli_server_lost", 1_000],
    ["interrupted", 1_000],
    ["github_sign_in_required", null],
    ["copilot_not_licensed", null],
    ["model_not_available", null],
    ["provider_not_available", null],
    ["provider_rejected_key", null],
    ["address_closed", null],
    ["service_identity_refused", null],
    ["model_rejected", null],
    ["context_limit", null],
    ["session_not_found", null],
    ["toString", null],
  ])("%s is tried again in %j ms", (code, pauseMs) => {
    expect(retryInMs(code, FIRST, MIDDLE)).toBe(pauseMs);
  });

  it("every code of a turn has been thought of", () => {
    for (const code of Object.keys(TURN_FAILURES)) {
      const pauseMs = retryInMs(code, FIRST, MIDDLE);
      expect(pauseMs === null || pauseMs > 0).toBe(true);
    }
  });

  it("the pause doubles, and there are as many attempts as were asked for", () => {
    const pauses = [0, 1, 2].map((attempts) =>
      retryInMs("interrupted", { attempts, maxAttempts: 4 }, MIDDLE),
    );
    expect(pauses).toEqual([1_000, 2_000, 4_000]);
    expect(retryInMs("interrupted", { attempts: 3, maxAttempts: 4 }, MIDDLE)).toBeNull();
    expect(retryInMs("interrupted", { attempts: 0, maxAttempts: 1 }, MIDDLE)).toBeNull();
  });

  it("no pause is longer than the longest, and its jitter", () => {
    const counts = fc.integer({ min: 0, max: ATTEMPTS_MAX });
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(counts, random, (attempts, luck) => {
        const pauseMs = retryInMs("rate_limited", { attempts, maxAttempts: ATTEMPTS_MAX + 2 }, luck) ?? 0;
        return pauseMs > 0 && pauseMs <= BACKOFF_LAST_MS * (1 + JITTER);
      }),
    );
    fc.assert(
      fc.property(fc.nat(10_000), random, (waits, luck) => {
        const pauseMs = putOffMs(waits, luck);
        return pauseMs > 0 && pauseMs <= PUT_OFF_LAST_MS * (1 + JITTER);
      }),
    );
  });
});

describe("a prompt that was refused", () => {
  it.each([
    ["turn_already_active", true],
    ["queue_full", true],
    ["shutting_down", true],
    ["fleet_exhausted", true],
    ["database_unavailable", true],
    ["session_not_found", false],
    ["idempotency_conflict", false],
    ["internal", false],
  ] as const)("as %s is put off: %j", (code, expected) => {
    expect(isPutOff(code)).toBe(expected);
  });
});

describe("what becomes of a job", () => {
  const ended = (outcome: "succeeded" | "failed" | "aborted", code?: string) => ({
    outcome,
    code,
    text: "words",
  });

  it.each([
    ["its turn succeeded", ended("succeeded"), null, { status: "succeeded", result: "words" }],
    ["it succeeded before it was stopped", ended("succeeded"), "cancelled", { status: "succeeded" }],
    ["it was cancelled", ended("aborted"), "cancelled", { status: "cancelled", result: "words" }],
    [
      "it failed while it was being cancelled",
      ended("failed", "internal"),
      "cancelled",
      { status: "cancelled" },
    ],
    ["somebody stopped its turn", ended("aborted"), null, { status: "cancelled" }],
    [
      "its deadline passed",
      ended("aborted"),
      "deadline_passed",
      { status: "failed", code: "deadline_passed", result: "words" },
    ],
    ["its session is gone", null, null, { status: "failed", code: "session_not_found" }],
    ["a failure may pass", ended("failed", "interrupted"), null, { status: "queued", runInMs: 1_000 }],
    [
      "a failure stays",
      ended("failed", "model_rejected"),
      null,
      { status: "failed", code: "model_rejected" },
    ],
    ["a failure has no code", ended("failed"), null, { status: "queued", code: "internal" }],
  ] as const)("when %s", (_, end, stopped, expected) => {
    expect(fateOf(end, stopped, { ...FIRST, random: MIDDLE })).toMatchObject(expected);
  });
});

describe("what was asked for", () => {
  const input = (change: object) => CreateJobInput.parse({ prompt: "p", idempotencyKey: "k", ...change });

  it("is the same whatever its key, and the order of its fields", () => {
    const one = input({ metadata: { a: 1, b: [{ c: 2, d: 3 }] } });
    const other = input({ idempotencyKey: "other", metadata: { b: [{ d: 3, c: 2 }], a: 1 } });
    expect(hashOf(one)).toBe(hashOf(other));
  });

  it.each([
    { prompt: "q" },
    { model: "m" },
    { priority: "high" },
    { maxAttempts: 2 },
    { deadline: new Date(1) },
    { notBefore: new Date(1) },
    { metadata: {} },
    { sessionId: "0199f0c4-7b7e-7c3a-8f00-0123456789ab" },
  ])("differs with %j", (change) => {
    expect(hashOf(input(change))).not.toBe(hashOf(input({})));
  });
});

it("a job has a key for each of its turns", () => {
  expect(turnKeyOf({ id: "j", turns: 0 })).toBe("job:j:1");
  expect(turnKeyOf({ id: "j", turns: 1 })).toBe("job:j:2");
});
