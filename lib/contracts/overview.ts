import { z } from "zod";

/** Longest range of the overview, in days. */
export const OVERVIEW_DAYS_MAX = 400;
const DAY_MS = 86_400_000;

export const OverviewInput = z
  .object({ from: z.date(), to: z.date() })
  .refine(({ from, to }) => from < to, { message: "The range ends before it begins.", path: ["to"] })
  .refine(({ from, to }) => to.getTime() - from.getTime() <= OVERVIEW_DAYS_MAX * DAY_MS, {
    message: `A range has at most ${OVERVIEW_DAYS_MAX} days.`,
    path: ["from"],
  });
export type OverviewInput = z.infer<typeof OverviewInput>;

/** One step of the range: turns that ended in it, people whose turns these are, and the time from a prompt to the first
 *  text of its answer, in milliseconds (null where there was none). */
export const OverviewStep = z.object({
  at: z.date(),
  succeeded: z.number().int(),
  failed: z.number().int(),
  aborted: z.number().int(),
  people: z.number().int(),
  firstTextP50Ms: z.number().nullable(),
  firstTextP95Ms: z.number().nullable(),
});
export type OverviewStep = z.infer<typeof OverviewStep>;

/** `stepMs`: how long a step is: an hour for ranges of up to two days, a day for longer ones. `steps`: all whole hours or
 *  days (UTC) that the range touches; every figure but those of `now` is of them. `people`: who had a turn in them.
 *  `failures`: the most frequent first. `now`: as it is at this moment, over all processes. */
export const Overview = z.object({
  stepMs: z.number().int(),
  steps: z.array(OverviewStep),
  turns: z.number().int(),
  people: z.number().int(),
  firstTextP50Ms: z.number().nullable(),
  firstTextP95Ms: z.number().nullable(),
  failures: z.array(z.object({ code: z.string(), turns: z.number().int() })),
  now: z.object({
    running: z.number().int(),
    queued: z.number().int(),
    longestWaitMs: z.number(),
    watches: z.number().int(),
    processes: z.number().int(),
    servers: z.array(
      z.object({
        id: z.string(),
        state: z.enum(["starting", "ready", "quarantined", "down"]),
        draining: z.boolean(),
        isSpare: z.boolean(),
        activeTurns: z.number().int(),
        turnsMax: z.number().int(),
      }),
    ),
  }),
});
export type Overview = z.infer<typeof Overview>;
