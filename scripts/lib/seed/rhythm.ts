const HOUR_MS = 3_600_000;
const SATURDAY = 6;
const WEEKEND = 0.07;
/** How much more is done at the end of the range than at its beginning. */
const GROWTH = 0.7;

/** How busy each hour of a working day is (UTC): two humps with a lunch between them, and a few who work at night. */
const BY_HOUR = [
  ...[1, 1, 1, 1, 2, 4, 12, 30, 62, 90, 100, 92],
  ...[58, 72, 95, 98, 84, 60, 34, 18, 11, 7, 4, 2],
];

const weightOf = (at: Date): number => {
  const isWeekend = at.getUTCDay() === 0 || at.getUTCDay() === SATURDAY;
  return (BY_HOUR[at.getUTCHours()] ?? 0) * (isWeekend ? WEEKEND : 1);
};

/** What of all work has begun by the end of each hour of the range, as a share of 1: rises by the rhythm of days and
 *  weeks, and faster towards the end. */
export function sharesByHour(from: Date, hours: number): number[] {
  const weights = Array.from(
    { length: hours },
    (_, n) => weightOf(new Date(from.getTime() + n * HOUR_MS)) * (1 + (GROWTH * n) / hours),
  );
  return runningShares(weights);
}

/** Running sums of `weights`, as shares of the whole. */
export function runningShares(weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  return weights.map((weight) => {
    sum += weight;
    return sum / total;
  });
}
