/** Steps shorter than this are hours, in the reader's time zone; days begin and end in UTC. */
const DAY_MS = 86_400_000;
const HOURS_APART = [1, 2, 3, 4, 6, 12, 24];

/** A moment as a clock on the wall shows it. `weekday`: 0 is Sunday. */
type Wall = { hour: number; day: number; weekday: number; month: number };

/** How the steps of a time axis are named. */
export type StepNames = {
  /** Below the axis: "14:00" or "Nov 3". */
  axis(at: Date): string;
  /** In full: "Tue, Nov 3, 14:00–15:00" or "Tue, Nov 3, 2026". */
  full(at: Date): string;
  /** Which steps are named below the axis: at round times, at most `max`. */
  ticks(steps: readonly Date[], max: number): number[];
};

/** Names for steps of `stepMs`; `timeZone` is the reader's, and used for steps shorter than a day. */
export function stepNames(stepMs: number, timeZone: string): StepNames {
  return stepMs < DAY_MS ? hourNames(stepMs, timeZone) : dayNames();
}

function hourNames(stepMs: number, timeZone: string): StepNames {
  const time = new Intl.DateTimeFormat("en", {
    ...{ hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone },
  });
  const date = new Intl.DateTimeFormat("en", { month: "short", day: "numeric", timeZone });
  const weekday = new Intl.DateTimeFormat("en", {
    ...{ weekday: "short", month: "short", day: "numeric", timeZone },
  });
  const wall = wallIn(timeZone);
  return {
    axis: (at) => (wall(at).hour === 0 ? date : time).format(at),
    full: (at) => `${weekday.format(at)}, ${time.format(at)}–${time.format(new Date(at.getTime() + stepMs))}`,
    ticks: (steps, max) =>
      firstThatFits(
        steps.map(wall),
        HOURS_APART.map(
          (apart) =>
            ({ hour }: Wall) =>
              hour % apart === 0,
        ),
        max,
      ),
  };
}

const MONTHS_APART = [1, 2, 3, 6];
const DAYS: readonly ((wall: Wall) => boolean)[] = [
  () => true,
  ({ day }) => day % 2 === 1 && day < 31,
  ({ weekday }) => weekday === 1,
  ({ day }) => day === 1 || day === 15,
  ...MONTHS_APART.map(
    (apart) =>
      ({ day, month }: Wall) =>
        day === 1 && month % apart === 0,
  ),
];

function dayNames(): StepNames {
  const date = new Intl.DateTimeFormat("en", { month: "short", day: "numeric", timeZone: "UTC" });
  const whole = new Intl.DateTimeFormat("en", {
    ...{ weekday: "short", month: "short", day: "numeric", year: "numeric", timeZone: "UTC" },
  });
  const wall = wallIn("UTC");
  return {
    axis: (at) => date.format(at),
    full: (at) => whole.format(at),
    ticks: (steps, max) => firstThatFits(steps.map(wall), DAYS, max),
  };
}

/** The places of what the first test lets through that lets through no more than `max`; the first place if none does. */
function firstThatFits(
  walls: readonly Wall[],
  tests: readonly ((wall: Wall) => boolean)[],
  max: number,
): number[] {
  for (const test of tests) {
    const places = walls.flatMap((wall, place) => (test(wall) ? [place] : []));
    if (places.length > 0 && places.length <= max) return places;
  }
  return walls.length > 0 ? [0] : [];
}

function wallIn(timeZone: string): (at: Date) => Wall {
  const format = new Intl.DateTimeFormat("en", {
    ...{ hour: "numeric", day: "numeric", month: "numeric", year: "numeric", hourCycle: "h23", timeZone },
  });
  return (at) => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const of = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    const weekday = new Date(Date.UTC(of("year"), of("month") - 1, of("day"))).getUTCDay();
    return { hour: of("hour"), day: of("day"), weekday, month: of("month") - 1 };
  };
}
