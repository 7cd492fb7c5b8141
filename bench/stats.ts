import { quantileSorted } from "simple-statistics";

/** A figure with the interval that holds it with a probability of 95 %. */
export type Estimate = { value: number; low: number; high: number };
/** The three quantiles that are reported of every distribution. */
export type Distribution = { count: number; p50: Estimate; p95: Estimate; p99: Estimate };

const BOOTSTRAP_ROUNDS = 2_000;
const QUANTILES = { p50: 0.5, p95: 0.95, p99: 0.99 } as const;

const ascending = (values: Float64Array | number[]) => Float64Array.from(values).sort();
const quantile = (sorted: Float64Array, p: number) => quantileSorted(sorted as unknown as number[], p);

/** Estimates `statistic` of `rows` with a percentile bootstrap: rows are drawn again with replacement, whole rows, so
 *  values that were measured as a pair stay one. An empty input gives NaN. */
export function bootstrap<Row>(
  rows: readonly Row[],
  statistic: (rows: readonly Row[]) => number,
  random: () => number,
): Estimate {
  const value = rows.length === 0 ? Number.NaN : statistic(rows);
  const drawn = Array.from({ length: rows.length === 0 ? 0 : BOOTSTRAP_ROUNDS }, () =>
    statistic(rows.map(() => rows[Math.floor(random() * rows.length)] as Row)),
  );
  const sorted = ascending(drawn);
  if (sorted.length === 0) return { value, low: Number.NaN, high: Number.NaN };
  return { value, low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
}

/** The p-quantile of `values` (0 ≤ p ≤ 1). */
export const quantileOf = (values: readonly number[], p: number): number =>
  values.length === 0 ? Number.NaN : quantile(ascending([...values]), p);

/** p50, p95 and p99 of `values`, each with its interval. */
export function distributionOf(values: readonly number[], random: () => number): Distribution {
  const at = (p: number) => bootstrap(values, (drawn) => quantileOf(drawn, p), random);
  return {
    count: values.length,
    p50: at(QUANTILES.p50),
    p95: at(QUANTILES.p95),
    p99: at(QUANTILES.p99),
  };
}

/** `median(numerators) / median(denominators)` of paired measurements. */
export const ratioOfMedians = (
  pairs: readonly (readonly [number, number])[],
  random: () => number,
): Estimate =>
  bootstrap(
    pairs,
    (drawn) =>
      quantileOf(
        drawn.map(([numerator]) => numerator),
        0.5,
      ) /
      quantileOf(
        drawn.map(([, denominator]) => denominator),
        0.5,
      ),
    random,
  );

/** `quantile_p(after) − quantile_p(before)` of paired measurements: what the first side adds to the second at this
 *  point of the distribution. */
export const addedAt = (
  p: number,
  pairs: readonly (readonly [after: number, before: number])[],
  random: () => number,
): Estimate =>
  bootstrap(
    pairs,
    (drawn) =>
      quantileOf(
        drawn.map(([after]) => after),
        p,
      ) -
      quantileOf(
        drawn.map(([, before]) => before),
        p,
      ),
    random,
  );
