import type { CopilotSignal } from "@/server/copilot/types";
import { HEARD_CHARS_MAX } from "./tunables";

/** What the CLI said since the newest prompt, as one who only stands by keeps it. Bounded: of a turn that says more
 *  than `HEARD_CHARS_MAX`, nothing is kept. */
export class Heard {
  #turnId: string | null = null;
  #signals: CopilotSignal[] = [];
  #chars = 0;

  readonly accept = (signal: CopilotSignal): void => {
    if (signal.kind === "prompted") {
      this.#turnId = signal.turnId;
      this.#signals = [];
      this.#chars = 0;
      return;
    }
    // The end of a turn whose prompt was not heard: what comes next is another's.
    if (signal.kind === "idle" && this.#turnId === null) {
      this.#signals = [];
      this.#chars = 0;
      return;
    }
    this.#chars += charsOf(signal);
    if (this.#chars > HEARD_CHARS_MAX) this.#signals = [];
    else this.#signals.push(signal);
  };

  /** Everything since the prompt of this turn; null where that is not known. */
  since(turnId: string): CopilotSignal[] | null {
    return this.#turnId === turnId && this.#chars <= HEARD_CHARS_MAX ? this.#signals : null;
  }

  /** What was said of a turn whose prompt was not heard; null where nothing was, or more than is kept. */
  get end(): CopilotSignal[] | null {
    const isKept = this.#signals.length > 0 && this.#chars <= HEARD_CHARS_MAX;
    return this.#turnId === null && isKept ? this.#signals : null;
  }
}

function charsOf(signal: CopilotSignal): number {
  if ("text" in signal) return signal.text.length;
  return "content" in signal ? signal.content.length : 0;
}
