import type {
  CreateScheduleInput,
  ListScheduleRunsInput,
  PreviewScheduleInput,
  RanSchedule,
  Schedule,
  ScheduleList,
  SchedulePreview,
  ScheduleRunPage,
  UpdateScheduleInput,
} from "@/lib/contracts/schedules";
import type { Actor } from "@/server/platform/scope";

/** Rules that make jobs. Each change is in the audit log, both or neither. Not-yours and not-there are one answer:
 *  `schedule_not_found`. */
export type Schedules = {
  /** It runs from now on. Throws `invalid_input` where the expression or the time zone says nothing, `session_not_found`,
   *  and `too_many_schedules`. */
  create(actor: Actor, input: CreateScheduleInput): Promise<Schedule>;
  /** In force from the next run on; a job that it has made already is not changed. Throws as `create`. */
  update(actor: Actor, input: UpdateScheduleInput): Promise<Schedule>;
  get(actor: Actor, scheduleId: string): Promise<Schedule>;
  /** All of a person's, oldest first. */
  list(actor: Actor): Promise<ScheduleList>;
  /** Its jobs stay. */
  delete(actor: Actor, scheduleId: string): Promise<void>;
  /** Safe to repeat; so is `resume`, which forgets failures and what was missed while it was paused. */
  pause(actor: Actor, scheduleId: string): Promise<Schedule>;
  resume(actor: Actor, scheduleId: string): Promise<Schedule>;
  /** Makes a job now, also while it is paused; it waits for the run before. Throws `queue_full`. */
  runNow(actor: Actor, scheduleId: string): Promise<RanSchedule>;
  runs(actor: Actor, input: ListScheduleRunsInput): Promise<ScheduleRunPage>;
  /** When an expression runs, in words and as the next moments. */
  preview(input: PreviewScheduleInput): SchedulePreview;
};
