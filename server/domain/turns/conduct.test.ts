import { describe, expect, it, vi } from "vitest";
import { AppError } from "@/lib/errors/app-error";
import { ERROR_TABLE, type ErrorCode } from "@/lib/errors/table";
import { TURN_FAILURES } from "@/lib/errors/turn-failures";
import { CopilotError } from "@/server/copilot/errors";
import { createManualClock } from "@/tests/fakes/clock";
import { failureOf, LEFT, Verdict } from "./conduct";
import type { Outcome } from "./rules";
import { ABORT_GRACE_MS, TURN_SILENCE_MAX_MS } from "./tunables";

const delta = { kind: "delta", messageId: "m", text: "x" } as const;
const idle = { kind: "idle", aborted: false } as const;
const failure = { kind: "failed", code: "rate_limited", detail: "" } as const;

function start() {
  const clock = createManualClock();
  const verdict = new Verdict(clock);
  let outcome: Outcome | typeof LEFT | undefined;
  void verdict.settled.then((value) => (outcome = value));
  return { clock, verdict, outcome: () => outcome };
}

describe("how a turn ends", () => {
  it("not at all, where it is left to another; what comes later changes nothing", async () => {
    const { verdict, outcome } = start();
    verdict.end(LEFT);
    verdict.hear(idle);
    await verdict.settled;
    expect([outcome(), verdict.over.aborted]).toEqual([LEFT, true]);
  });

  it.each([
    ["succeeded when the CLI is idle", [delta, idle], { status: "succeeded" }],
    ["failed when an error came before", [failure, idle], { status: "failed", code: "rate_limited" }],
    ["aborted when the CLI says so", [{ kind: "idle", aborted: true }], { status: "aborted" }],
    ["aborted rather than failed", [failure, { kind: "idle", aborted: true }], { status: "aborted" }],
    ["not before it is idle", [delta, failure], undefined],
  ] as const)("%s", async (_, signals, expected) => {
    const { clock, verdict, outcome } = start();
    for (const signal of signals) verdict.hear(signal);
    await clock.advance(0);
    expect(outcome()).toEqual(expected);
    expect(verdict.over.aborted).toBe(expected !== undefined);
  });

  it("once: the first outcome counts", async () => {
    const { clock, verdict, outcome } = start();
    verdict.end({ status: "failed", code: "interrupted" });
    verdict.hear(idle);
    verdict.end({ status: "aborted" });
    await clock.advance(0);
    expect(outcome()).toEqual({ status: "failed", code: "interrupted" });
  });

  it("known to be at rest only where the CLI itself became idle", () => {
    const { verdict } = start();
    verdict.end({ status: "aborted" });
    expect(verdict.cliIsIdle).toBe(false);
    const other = start().verdict;
    other.hear(idle);
    expect(other.cliIsIdle).toBe(true);
  });
});

describe("a stop", () => {
  it("ends the turn when the CLI becomes idle", async () => {
    const { clock, verdict, outcome } = start();
    const tell = vi.fn(async () => {});
    const stopped = verdict.stop(tell);
    await clock.advance(10);
    verdict.hear(idle);
    await stopped;
    expect(outcome()).toEqual({ status: "aborted" });
    expect(tell).toHaveBeenCalledOnce();
    expect(clock.sleepers()).toBe(0);
  });

  it.each([
    ["says nothing", async () => {}],
    ["refuses", () => Promise.reject(new Error("no"))],
    ["never answers the request", () => new Promise<void>(() => {})],
  ])("ends the turn after the grace when the CLI %s", async (_, tell) => {
    const { clock, verdict, outcome } = start();
    void verdict.stop(tell);
    await clock.advance(ABORT_GRACE_MS - 1);
    expect(outcome()).toBeUndefined();
    await clock.advance(1);
    expect(outcome()).toEqual({ status: "aborted" });
  });

  it("is told to the CLI once, however often it is asked, and not after the end", async () => {
    const { verdict } = start();
    const tell = vi.fn(async () => {});
    void verdict.stop(tell);
    void verdict.stop(tell);
    verdict.hear(idle);
    await verdict.stop(tell);
    expect(tell).toHaveBeenCalledOnce();
  });
});

describe("silence", () => {
  it("ends a turn as timed out", async () => {
    const { clock, verdict, outcome } = start();
    const watched = verdict.watchSilence();
    await clock.advance(TURN_SILENCE_MAX_MS - 1);
    expect(outcome()).toBeUndefined();
    await clock.advance(1);
    await watched;
    expect(outcome()).toEqual({ status: "failed", code: "timed_out" });
  });

  it("starts anew with everything that is heard", async () => {
    const { clock, verdict, outcome } = start();
    void verdict.watchSilence();
    for (let n = 0; n < 5; n++) {
      await clock.advance(TURN_SILENCE_MAX_MS - 1);
      verdict.hear(delta);
    }
    expect(outcome()).toBeUndefined();
    await clock.advance(TURN_SILENCE_MAX_MS);
    expect(outcome()).toEqual({ status: "failed", code: "timed_out" });
  });

  it("is not watched any more once the turn is over", async () => {
    const { clock, verdict } = start();
    const watched = verdict.watchSilence();
    verdict.hear(idle);
    await watched;
    expect(clock.sleepers()).toBe(0);
  });
});

describe("the failure code of an error", () => {
  it("is the CLI's own where there is one", () => {
    for (const code of Object.keys(TURN_FAILURES) as (keyof typeof TURN_FAILURES)[])
      expect(failureOf(new CopilotError(code, "secret endpoint"))).toBe(code);
  });

  it("exists for everything that can be thrown", () => {
    const errors = (Object.keys(ERROR_TABLE) as ErrorCode[]).map((code) => new AppError(code));
    const others = [
      new Error("x"),
      "x",
      null,
      undefined,
      Object.assign(new Error("x"), { code: "toString" }),
    ];
    for (const error of [...errors, ...others])
      expect(Object.keys(TURN_FAILURES)).toContain(failureOf(error));
  });

  it.each([
    ["github_sign_in_required", "github_sign_in_required"],
    ["fleet_exhausted", "fleet_exhausted"],
    ["github_unavailable", "model_unavailable"],
    ["database_unavailable", "internal"],
  ] as const)("%s becomes %s", (code, expected) => {
    expect(failureOf(new AppError(code))).toBe(expected);
  });
});
