import { z } from "zod";
import { PAGE_ROWS_DEFAULT, PAGE_ROWS_MAX, ScheduleId, SessionId } from "./ids";
import { JobStatus } from "./jobs";
import { MODEL_ID_CHARS_MAX } from "./sessions";
import { Text } from "./text";
import { Prompt } from "./turns";

export const SCHEDULE_NAME_CHARS_MAX = 200;
/** Most schedules of one person. */
export const SCHEDULES_MAX = 100;
/** How many coming runs are shown. */
export const RUNS_SHOWN = 5;
const CRON_CHARS_MAX = 100;
const TIME_ZONE_CHARS_MAX = 100;
const FAILURES_MAX = 100;
const CURSOR_CHARS_MAX = 200;

const Name = Text.pipe(z.string().trim().min(1, "Give it a name.").max(SCHEDULE_NAME_CHARS_MAX));
const Cron = Text.pipe(z.string().trim().min(1, "Say when it runs.").max(CRON_CHARS_MAX));
const TimeZone = Text.pipe(z.string().trim().min(1).max(TIME_ZONE_CHARS_MAX));
const Model = Text.pipe(z.string().trim().min(1).max(MODEL_ID_CHARS_MAX));

/** What happens at a moment at which the run before has not ended: nothing (`skip`), or the new one waits (`queue`). */
export const ScheduleOverlap = z.enum(["skip", "queue"]);
/** What happens after a time in which nobody was there to run it: nothing (`skip`), or it runs `once` for all it missed. */
export const ScheduleMissed = z.enum(["skip", "once"]);

/** `cron`: minute, hour, day of month, month, day of week, in `timeZone` (an IANA name). `sessionId`: the session to which
 *  each run sends the prompt; without it, each has a session of its own. `maxFailures`: after so many failed runs in a row
 *  it pauses itself. */
export const CreateScheduleInput = z.object({
  name: Name,
  cron: Cron,
  timeZone: TimeZone.default("UTC"),
  prompt: Prompt,
  model: Model.optional(),
  sessionId: SessionId.optional(),
  overlap: ScheduleOverlap.default("skip"),
  missed: ScheduleMissed.default("skip"),
  maxFailures: z.number().int().min(1).max(FAILURES_MAX).default(5),
});
export type CreateScheduleInput = z.infer<typeof CreateScheduleInput>;

/** What stays out is not changed. `null`: each run has a session of its own, or the model is the default. */
export const UpdateScheduleInput = z.object({
  scheduleId: ScheduleId,
  name: Name.optional(),
  cron: Cron.optional(),
  timeZone: TimeZone.optional(),
  prompt: Prompt.optional(),
  model: Model.nullable().optional(),
  sessionId: SessionId.nullable().optional(),
  overlap: ScheduleOverlap.optional(),
  missed: ScheduleMissed.optional(),
  maxFailures: z.number().int().min(1).max(FAILURES_MAX).optional(),
});
export type UpdateScheduleInput = z.infer<typeof UpdateScheduleInput>;

export const ScheduleInput = z.object({ scheduleId: ScheduleId });

/** `words`: when it runs, in words. `nextRuns`: the next `RUNS_SHOWN`, also while it is paused. `paused`: since when, and why
 *  where it paused itself. `inSession`: its runs share a session, which may be gone (then `sessionId` is null). */
export const Schedule = z.object({
  id: z.string(),
  name: z.string(),
  cron: z.string(),
  words: z.string(),
  timeZone: z.string(),
  prompt: z.string(),
  model: z.string().nullable(),
  sessionId: z.string().nullable(),
  inSession: z.boolean(),
  overlap: ScheduleOverlap,
  missed: ScheduleMissed,
  failuresInRow: z.number().int(),
  maxFailures: z.number().int(),
  paused: z.object({ at: z.date(), code: z.string().nullable(), message: z.string().nullable() }).nullable(),
  nextRunAt: z.date().nullable(),
  nextRuns: z.array(z.date()),
  createdAt: z.date(),
});
export type Schedule = z.infer<typeof Schedule>;

export const ScheduleList = z.object({ items: z.array(Schedule) });
export type ScheduleList = z.infer<typeof ScheduleList>;

export const PreviewScheduleInput = z.object({
  cron: Text.pipe(z.string().max(CRON_CHARS_MAX)),
  timeZone: Text.pipe(z.string().max(TIME_ZONE_CHARS_MAX)),
});
export type PreviewScheduleInput = z.infer<typeof PreviewScheduleInput>;

/** When a cron expression runs, or which field says nothing, and why. */
export const SchedulePreview = z.discriminatedUnion("ok", [
  z.object({ ok: z.literal(true), words: z.string(), nextRuns: z.array(z.date()) }),
  z.object({ ok: z.literal(false), field: z.enum(["cron", "timeZone"]), problem: z.string() }),
]);
export type SchedulePreview = z.infer<typeof SchedulePreview>;

/** A moment of a schedule. `started`: it has, or had, a job; `overlap`: the run before had not ended; `missed`: nobody was
 *  there, at so many `moments`; `refused`: no more jobs could wait. */
export const ScheduleRunRow = z.object({
  id: z.string(),
  dueAt: z.date(),
  byHand: z.boolean(),
  outcome: z.enum(["started", "overlap", "missed", "refused"]),
  moments: z.number().int(),
  job: z
    .object({
      id: z.string(),
      status: JobStatus,
      sessionId: z.string().nullable(),
      code: z.string().nullable(),
      message: z.string().nullable(),
      startedAt: z.date().nullable(),
      endedAt: z.date().nullable(),
    })
    .nullable(),
});
export type ScheduleRunRow = z.infer<typeof ScheduleRunRow>;

/** Newest first. */
export const ListScheduleRunsInput = z.object({
  scheduleId: ScheduleId,
  cursor: z.string().max(CURSOR_CHARS_MAX).nullish(),
  limit: z.number().int().min(1).max(PAGE_ROWS_MAX).default(PAGE_ROWS_DEFAULT),
});
export type ListScheduleRunsInput = z.infer<typeof ListScheduleRunsInput>;

export const ScheduleRunPage = z.object({
  items: z.array(ScheduleRunRow),
  nextCursor: z.string().nullable(),
});
export type ScheduleRunPage = z.infer<typeof ScheduleRunPage>;

export const RanSchedule = z.object({ jobId: z.string() });
export type RanSchedule = z.infer<typeof RanSchedule>;
