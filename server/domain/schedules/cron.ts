import { Cron } from "croner";
import cronstrue from "cronstrue";

/** When something runs. */
export type Timing = {
  /** The first moment after `after`; null where there is none any more. */
  next(after: Date): Date | null;
  /** The same for the first `count`. */
  coming(after: Date, count: number): Date[];
  /** In words. */
  words: string;
};

export type ParsedCron =
  | { ok: true; timing: Timing }
  | { ok: false; field: "cron" | "timeZone"; problem: string };

const FIELDS = 5;
const NICKNAMES = new Set([
  ...["@yearly", "@annually", "@monthly", "@weekly"],
  ...["@daily", "@midnight", "@hourly"],
]);
/** Any moment: whether an expression ever comes does not depend on it. */
const SOME_DAY = new Date(Date.UTC(2026, 0, 1));

function isTimeZone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

function wordsOf(cron: string): string {
  try {
    return cronstrue.toString(cron, { use24HourTimeFormat: true });
  } catch {
    // An expression of which there are no words yet runs all the same.
    return cron;
  }
}

/** Reads a cron expression of five fields, or a nickname such as `@daily`, in an IANA time zone. A moment that the clock
 *  jumps over in spring comes as much later; one that comes twice in autumn counts once. */
export function parseCron(cron: string, timeZone: string): ParsedCron {
  if (!isTimeZone(timeZone)) {
    return {
      ok: false,
      field: "timeZone",
      problem: "There is no such time zone. Use a name such as Europe/Berlin.",
    };
  }
  const fields = cron.trim().split(/\s+/);
  const isNickname = NICKNAMES.has(cron.trim().toLowerCase());
  if (!isNickname && fields.length !== FIELDS) {
    const problem = "Five fields are needed: minute, hour, day of month, month, day of week.";
    return { ok: false, field: "cron", problem };
  }
  let expression: Cron;
  try {
    expression = new Cron(fields.join(" "), { timezone: timeZone });
  } catch (error) {
    const said =
      error instanceof Error ? error.message.replace(/^CronPattern: /, "").replace(/[.]*$/, ".") : "";
    return { ok: false, field: "cron", problem: `This is no cron expression. ${said}`.trim() };
  }
  if (!expression.nextRun(SOME_DAY)) return { ok: false, field: "cron", problem: "This day never comes." };
  return {
    ok: true,
    timing: {
      next: (after) => expression.nextRun(after),
      coming: (after, count) => expression.nextRuns(count, after),
      words: wordsOf(fields.join(" ")),
    },
  };
}
