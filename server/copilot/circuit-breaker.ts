import type { Clock } from "@/server/platform/clock";
import { LOSSES_MAX, LOSSES_WINDOW_MS, QUARANTINE_FIRST_MS, QUARANTINE_LAST_MS } from "./tunables";

/** Quarantines a server that is lost again and again: what is sent to it would have to move in a moment. */
export class CircuitBreaker {
  readonly #clock: Pick<Clock, "monotonicMs">;
  #losses: number[] = [];
  #quarantineMs = QUARANTINE_FIRST_MS;
  #openUntil = Number.NEGATIVE_INFINITY;

  constructor(clock: Pick<Clock, "monotonicMs">) {
    this.#clock = clock;
  }

  get isOpen(): boolean {
    return this.openForMs > 0;
  }

  /** How long it stays open from now; 0 where it is not. */
  get openForMs(): number {
    return Math.max(0, this.#openUntil - this.#clock.monotonicMs());
  }

  /** The server was lost. */
  lost(): void {
    const now = this.#clock.monotonicMs();
    // Long without trouble after a quarantine: it begins anew.
    if (now - this.#openUntil > QUARANTINE_LAST_MS) this.#quarantineMs = QUARANTINE_FIRST_MS;
    this.#losses = [...this.#losses.filter((at) => now - at < LOSSES_WINDOW_MS), now];
    if (this.#losses.length < LOSSES_MAX) return;
    this.#losses = [];
    this.#openUntil = now + this.#quarantineMs;
    this.#quarantineMs = Math.min(2 * this.#quarantineMs, QUARANTINE_LAST_MS);
  }
}
