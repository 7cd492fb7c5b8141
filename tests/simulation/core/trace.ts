import type { Scheduler } from "./scheduler";

/** What happened, line by line. Where nobody wants to read it, nothing is written. */
export class Trace {
  readonly lines: string[] = [];
  readonly #scheduler: Scheduler;
  readonly isWanted: boolean;

  constructor(scheduler: Scheduler, isWanted: boolean) {
    this.#scheduler = scheduler;
    this.isWanted = isWanted;
  }

  note(line: () => string): void {
    if (!this.isWanted) return;
    const { nowMs, steps } = this.#scheduler;
    this.lines.push(`${nowMs.toFixed(1).padStart(9)} #${String(steps).padEnd(5)} ${line()}`);
  }
}
