import { HOUR_STEPS_MAX_MS } from "./tunables";
import type { Range, Steps } from "./types";

export const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const SHORTEST_MS = 10;
const LONGEST_MS = 600_000;
const RATIO_STEPS = 62;

/** Where each bucket of the times to the first text begins, in milliseconds: each about a fifth longer than the one
 *  before, from 10 ms to 10 min; the first begins at 0, the last has no end. Stored numbers are by their place in this
 *  list, so it never changes. */
export const FIRST_TEXT_BUCKETS_MS: readonly number[] = [
  0,
  ...Array.from({ length: RATIO_STEPS + 1 }, (_, n) =>
    Math.round(SHORTEST_MS * (LONGEST_MS / SHORTEST_MS) ** (n / RATIO_STEPS)),
  ),
];

/** The `p`-quantile (0 < p ≤ 1) of what `counts` has in the buckets, in milliseconds: by the nearest rank, and in its
 *  bucket as if what is there were spread evenly, so within that bucket's width of the exact one. Beyond the last
 *  bucket's beginning nothing is known but that. Null where there is nothing. */
export function quantile(counts: readonly number[], p: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const rank = Math.max(1, Math.ceil(p * total));
  let before = 0;
  for (const [bucket, count] of counts.entries()) {
    if (before + count >= rank) {
      const from = FIRST_TEXT_BUCKETS_MS[bucket] ?? LONGEST_MS;
      const to = FIRST_TEXT_BUCKETS_MS[bucket + 1] ?? from;
      return from + (to - from) * ((rank - before) / count);
    }
    before += count;
  }
  return null;
}

/** The whole steps (UTC) that a range touches. */
export function stepsOf({ from, to }: Range): Steps {
  const stepMs = to.getTime() - from.getTime() <= HOUR_STEPS_MAX_MS ? HOUR_MS : DAY_MS;
  const first = Math.floor(from.getTime() / stepMs) * stepMs;
  const end = Math.ceil(to.getTime() / stepMs) * stepMs;
  const starts = Array.from({ length: (end - first) / stepMs }, (_, n) => new Date(first + n * stepMs));
  return { stepMs, from: new Date(first), to: new Date(end), starts };
}
