import { AppError } from "@/lib/errors/app-error";
import { TURN_FAILURES, type TurnFailureCode } from "@/lib/errors/turn-failures";
import type { CopilotSignal } from "@/server/copilot/types";
import type { Clock } from "@/server/platform/clock";
import { failed, type Outcome } from "./rules";
import { ABORT_GRACE_MS, TURN_SILENCE_MAX_MS } from "./tunables";

/** This process gives the turn up, which stays running for the next runner. */
export const LEFT = "left";

/** Collects how a turn ends. The first outcome counts; `settled` resolves with it. */
export class Verdict {
  readonly settled: Promise<Outcome | typeof LEFT>;
  /** Aborts as soon as there is an outcome, or the turn is left. */
  readonly over: AbortSignal;
  readonly #controller = new AbortController();
  #resolve: (outcome: Outcome | typeof LEFT) => void = () => {};
  #failure: TurnFailureCode | null = null;
  #heardAt: number;
  #stopping = false;
  #idle = false;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#heardAt = clock.monotonicMs();
    this.over = this.#controller.signal;
    this.settled = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** Whether the CLI said itself that it is done. */
  get cliIsIdle(): boolean {
    return this.#idle;
  }

  /** Whether a stop was asked for, so that the turn can end only `aborted`. */
  get isStopping(): boolean {
    return this.#stopping;
  }

  /** Ends the turn with `outcome`, or leaves it, unless it has ended. */
  end(outcome: Outcome | typeof LEFT): void {
    if (this.over.aborted) return;
    this.#resolve(outcome);
    this.#controller.abort();
  }

  /** Takes note of what the CLI said. An error comes before the `idle` that ends the turn. */
  hear(signal: CopilotSignal): void {
    this.#heardAt = this.#clock.monotonicMs();
    if (signal.kind === "failed") this.#failure = signal.code;
    if (signal.kind !== "idle") return;
    this.#idle = true;
    if (this.#stopping || signal.aborted) this.end({ status: "aborted" });
    else if (this.#failure) this.end(failed(this.#failure));
    else this.end({ status: "succeeded" });
  }

  /** A stop was asked for: whatever comes, the turn ends `aborted`, after `ABORT_GRACE_MS` at the latest. */
  async stop(tellCli: () => Promise<void>): Promise<void> {
    if (this.#stopping || this.over.aborted) return;
    this.#stopping = true;
    // A CLI that hangs does not answer this either, so the answer is not waited for.
    tellCli().catch(() => {});
    await this.#clock.sleep(ABORT_GRACE_MS, this.over);
    this.end({ status: "aborted" });
  }

  /** Ends the turn `timed_out` once nothing was heard for `TURN_SILENCE_MAX_MS`. Resolves when the turn is over. */
  async watchSilence(): Promise<void> {
    while (!this.over.aborted) {
      const leftMs = this.#heardAt + TURN_SILENCE_MAX_MS - this.#clock.monotonicMs();
      if (leftMs <= 0) return this.end(failed("timed_out"));
      await this.#clock.sleep(leftMs, this.over);
    }
  }
}

/** The failure code of an error that stopped a turn before or while its prompt was handed over. */
export function failureOf(error: unknown): TurnFailureCode {
  if (error instanceof AppError) {
    switch (error.code) {
      case "github_sign_in_required":
      case "fleet_exhausted":
      case "provider_not_available":
      case "address_closed":
        return error.code;
      case "github_unavailable":
        return "model_unavailable";
      default:
        return "internal";
    }
  }
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return Object.hasOwn(TURN_FAILURES, code) ? (code as TurnFailureCode) : "internal";
}
