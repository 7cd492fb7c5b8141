import { describe, expect, it } from "vitest";
import { TURN_FAILURES, type TurnFailureCode } from "@/lib/errors/turn-failures";
import { EVENT_DATA } from "@/lib/events/wire";
import { endedData, failed, isTrustedAfter, nextDeltaWait, retryNotice } from "./rules";
import { DELTA_MANY_PIECES, DELTA_WAIT_FIRST_MS, DELTA_WAIT_LAST_MS } from "./tunables";

const CODES = Object.keys(TURN_FAILURES) as TurnFailureCode[];

describe("the end of a turn", () => {
  it.each(CODES)("as %s says what happened and what to do next", (code) => {
    const data = endedData(failed(code));
    expect(EVENT_DATA["turn.ended"].parse(data)).toEqual({
      outcome: "failed",
      code,
      message: expect.any(String),
    });
    expect(data.message).toMatch(/\.$/);
  });

  it.each(["succeeded", "aborted"] as const)("as %s needs no words", (status) => {
    expect(endedData({ status })).toEqual({ outcome: status });
  });
});

describe("a session on its server after a turn", () => {
  it.each([
    ["stays after a good turn", { status: "succeeded" }, true, true, true],
    ["stays after a stop that the CLI confirmed", { status: "aborted" }, true, true, true],
    ["goes after a stop that it did not confirm", { status: "aborted" }, true, false, false],
    ["stays after a stop before the prompt was sent", { status: "aborted" }, false, false, true],
    ["stays after a rate limit", failed("rate_limited"), true, true, true],
    ["stays where the model could not be set", failed("model_not_available"), false, false, true],
    ["goes where the prompt was refused without a word", failed("model_rejected"), true, false, false],
    ["goes after a silence", failed("timed_out"), true, false, false],
    ["goes with a refused token", failed("github_sign_in_required"), true, true, false],
    ["goes without a token", failed("github_sign_in_required"), false, false, false],
  ] as const)("%s", (_, outcome, handedOver, cliIsIdle, trusted) => {
    expect(isTrustedAfter(outcome, handedOver, cliIsIdle)).toBe(trusted);
  });
});

it("a notice about a repeated model call names the rate limit", () => {
  expect(retryNotice(429).message).toContain("rate limited");
  expect(retryNotice(500).message).not.toContain("rate");
  expect(EVENT_DATA["turn.notice"].parse(retryNotice(null))).toEqual(retryNotice(null));
});

it("the pause between writes grows while each gathers many pieces, shrinks again, and stays within its bounds", () => {
  let waitMs = DELTA_WAIT_FIRST_MS;
  const after = (pieces: number) =>
    Array.from({ length: 5 }, () => {
      waitMs = nextDeltaWait(waitMs, pieces);
      return waitMs;
    });
  const growing = after(DELTA_MANY_PIECES);
  expect(growing).toEqual([...growing].sort((a, b) => a - b));
  expect(growing.at(-1)).toBe(DELTA_WAIT_LAST_MS);
  const shrinking = after(1);
  expect(shrinking).toEqual([...shrinking].sort((a, b) => b - a));
  expect(shrinking.at(-1)).toBe(DELTA_WAIT_FIRST_MS);
});
