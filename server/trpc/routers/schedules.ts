import {
  CreateScheduleInput,
  ListScheduleRunsInput,
  PreviewScheduleInput,
  RanSchedule,
  Schedule,
  ScheduleInput,
  ScheduleList,
  SchedulePreview,
  ScheduleRunPage,
  UpdateScheduleInput,
} from "@/lib/contracts/schedules";
import { memberProcedure, router } from "../init";

export const schedulesRouter = router({
  create: memberProcedure("jobs")
    .input(CreateScheduleInput)
    .output(Schedule)
    .mutation(({ ctx, input }) => ctx.services.schedules.create(ctx.actor, input)),
  update: memberProcedure("jobs")
    .input(UpdateScheduleInput)
    .output(Schedule)
    .mutation(({ ctx, input }) => ctx.services.schedules.update(ctx.actor, input)),
  get: memberProcedure("jobs")
    .input(ScheduleInput)
    .output(Schedule)
    .query(({ ctx, input }) => ctx.services.schedules.get(ctx.actor, input.scheduleId)),
  list: memberProcedure("jobs")
    .output(ScheduleList)
    .query(({ ctx }) => ctx.services.schedules.list(ctx.actor)),
  delete: memberProcedure("jobs")
    .input(ScheduleInput)
    .mutation(({ ctx, input }) => ctx.services.schedules.delete(ctx.actor, input.scheduleId)),
  pause: memberProcedure("jobs")
    .input(ScheduleInput)
    .output(Schedule)
    .mutation(({ ctx, input }) => ctx.services.schedules.pause(ctx.actor, input.scheduleId)),
  resume: memberProcedure("jobs")
    .input(ScheduleInput)
    .output(Schedule)
    .mutation(({ ctx, input }) => ctx.services.schedules.resume(ctx.actor, input.scheduleId)),
  runNow: memberProcedure("jobs")
    .input(ScheduleInput)
    .output(RanSchedule)
    .mutation(({ ctx, input }) => ctx.services.schedules.runNow(ctx.actor, input.scheduleId)),
  runs: memberProcedure("jobs")
    .input(ListScheduleRunsInput)
    .output(ScheduleRunPage)
    .query(({ ctx, input }) => ctx.services.schedules.runs(ctx.actor, input)),
  preview: memberProcedure("jobs")
    .input(PreviewScheduleInput)
    .output(SchedulePreview)
    .query(({ ctx, input }) => ctx.services.schedules.preview(input)),
});
