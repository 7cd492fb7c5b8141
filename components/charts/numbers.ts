const WHOLE = new Intl.NumberFormat("en");
const COMPACT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const PERCENT = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 1 });

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
/** Seconds have a decimal below this. */
const TENTHS_BELOW_MS = 10 * SECOND_MS;

export const countText = (count: number): string => WHOLE.format(count);

/** As on an axis: 1,200 is "1.2K". */
export const compactText = (count: number): string => COMPACT.format(count);

/** A number with what it counts: "1 turn", "20 turns". */
export const counted = (count: number, one: string, more = `${one}s`): string =>
  `${countText(count)} ${count === 1 ? one : more}`;

/** How much of the whole a part is; nothing of nothing is none of it. */
export const shareText = (part: number, whole: number): string =>
  PERCENT.format(whole === 0 ? 0 : part / whole);

/** A length of time in milliseconds, in its two largest units at most: "80 ms", "1.4 s", "2 min 5 s", "3 h". */
export function durationText(ms: number): string {
  if (ms < SECOND_MS) return `${Math.round(ms)} ms`;
  if (ms < TENTHS_BELOW_MS) return `${trimmed(ms / SECOND_MS)} s`;
  const seconds = Math.round(ms / SECOND_MS);
  if (seconds * SECOND_MS < MINUTE_MS) return `${seconds} s`;
  if (seconds * SECOND_MS < HOUR_MS) return twoUnits(seconds, ["min", "s"]);
  return twoUnits(Math.round(ms / MINUTE_MS), ["h", "min"]);
}

const trimmed = (value: number): string => String(Number(value.toFixed(1)));

function twoUnits(amount: number, [large, small]: [string, string]): string {
  const rest = amount % 60;
  return `${Math.floor(amount / 60)} ${large}${rest > 0 ? ` ${rest} ${small}` : ""}`;
}
