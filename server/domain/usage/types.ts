import type { Overview } from "@/lib/contracts/overview";

/** From `from`, before `to`. */
export type Range = { from: Date; to: Date };

/** A range as whole steps: where each begins, all of them, in order. */
export type Steps = Range & { stepMs: number; starts: Date[] };

/** What the overview shows of a range: see `Overview`. */
export type UsageOfRange = Omit<Overview, "now">;

export type Usage = {
  /** Turns that ended in the whole steps that the range touches, up to this moment. */
  during(range: Range): Promise<UsageOfRange>;
  /** Adds up every hour that is over and was not yet, the oldest first; resolves when there is none left, or `signal`
   *  aborts. Several processes may do so at once: each hour counts once. */
  rollUp(signal?: AbortSignal): Promise<void>;
};
