import { OVERVIEW_DAYS_MAX, type OverviewInput } from "@/lib/contracts/overview";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Ranges up to this long are shown by the hour. */
const BY_HOUR_DAYS_MAX = 2;

/** The ranges that are offered, up to this moment. */
export const RANGES = {
  "24h": { label: "24 hours", ms: DAY_MS, stepMs: HOUR_MS },
  "7d": { label: "7 days", ms: 7 * DAY_MS, stepMs: DAY_MS },
  "30d": { label: "30 days", ms: 30 * DAY_MS, stepMs: DAY_MS },
  "90d": { label: "90 days", ms: 90 * DAY_MS, stepMs: DAY_MS },
} as const;
export type RangeName = keyof typeof RANGES;
export const RANGE_NAMES = Object.keys(RANGES) as RangeName[];

/** Two days as a date field writes them ("2026-11-03"), both within the range. */
export type Days = { from: string; to: string };

/** The range that ends now: of whole steps, so that it stays the same until the next one begins. */
export function namedRange(name: RangeName, now: Date): OverviewInput {
  const { ms, stepMs } = RANGES[name];
  const to = Math.ceil((now.getTime() + 1) / stepMs) * stepMs;
  return { from: new Date(to - ms), to: new Date(to) };
}

/** Why two days make no range, in a sentence; null where they do. */
export function daysProblem({ from, to }: Days): string | null {
  const [first, last] = [dayStart(from), dayStart(to)];
  if (first === null || last === null) return "Choose two dates.";
  if (first > last) return "The first day is after the last.";
  return (last - first) / DAY_MS + 1 > OVERVIEW_DAYS_MAX ? `At most ${OVERVIEW_DAYS_MAX} days.` : null;
}

/** The range of two days, null where they make none. Days are days of UTC, as the figures are added up; but one or two
 *  are shown by the hour, and are then days of the reader. */
export function daysRange(days: Days): OverviewInput | null {
  const [first, last] = [dayStart(days.from), dayStart(days.to)];
  if (first === null || last === null || daysProblem(days) !== null) return null;
  if ((last - first) / DAY_MS + 1 > BY_HOUR_DAYS_MAX) {
    return { from: new Date(first), to: new Date(last + DAY_MS) };
  }
  const from = localMidnight(first);
  const end = localMidnight(last + DAY_MS);
  // With the hour that the end of summer time adds, two days would be too long for hours.
  const to = new Date(Math.min(end.getTime(), from.getTime() + BY_HOUR_DAYS_MAX * DAY_MS));
  return { from, to };
}

/** The days that a range has a part in, as date fields write them: the reader's where it is shown by the hour. */
export function daysOf({ from, to }: OverviewInput): Days {
  const last = new Date(to.getTime() - 1);
  const isByHour = to.getTime() - from.getTime() <= BY_HOUR_DAYS_MAX * DAY_MS;
  const write = isByHour ? localDateText : dateText;
  return { from: write(from), to: write(last) };
}

/** The day of the reader's calendar. */
export const localDateText = (at: Date): string =>
  dateText(new Date(Date.UTC(at.getFullYear(), at.getMonth(), at.getDate())));

const dateText = (at: Date): string => at.toISOString().slice(0, "2026-11-03".length);

const FIRST_YEAR = 2000;

/** When a day begins in UTC; null for what is no date, or one that is still being typed (the year 0002). */
function dayStart(text: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  const at = new Date(`${text}T00:00:00Z`);
  // 31 February is a date to the pattern, and March to the parser.
  const isReal = !Number.isNaN(at.getTime()) && dateText(at) === text;
  return isReal && at.getUTCFullYear() >= FIRST_YEAR ? at.getTime() : null;
}

function localMidnight(dayMs: number): Date {
  const day = new Date(dayMs);
  return new Date(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate());
}
