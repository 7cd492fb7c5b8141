import { tracked } from "@trpc/server";
import {
  CreatedJobs,
  CreateJobInput,
  CreateJobsInput,
  Job,
  JobInput,
  JobPage,
  ListJobsInput,
  WatchJobInput,
} from "@/lib/contracts/jobs";
import { countedStream } from "../counted-stream";
import { memberProcedure, router } from "../init";

export const jobsRouter = router({
  create: memberProcedure("jobs")
    .input(CreateJobInput)
    .output(Job)
    .mutation(({ ctx, input }) => ctx.services.jobs.create(ctx.actor, input)),
  createMany: memberProcedure("jobs")
    .input(CreateJobsInput)
    .output(CreatedJobs)
    .mutation(({ ctx, input }) => ctx.services.jobs.createMany(ctx.actor, input)),
  get: memberProcedure("jobs")
    .input(JobInput)
    .output(Job)
    .query(({ ctx, input }) => ctx.services.jobs.get(ctx.actor, input.jobId)),
  list: memberProcedure("jobs")
    .input(ListJobsInput)
    .output(JobPage)
    .query(({ ctx, input }) => ctx.services.jobs.list(ctx.actor, input)),
  cancel: memberProcedure("jobs")
    .input(JobInput)
    .output(Job)
    .mutation(({ ctx, input }) => ctx.services.jobs.cancel(ctx.actor, input.jobId)),
  retry: memberProcedure("jobs")
    .input(JobInput)
    .output(Job)
    .mutation(({ ctx, input }) => ctx.services.jobs.retry(ctx.actor, input.jobId)),
  // The id of each is the number of its update; a client that reconnects sends the last one back as `lastEventId`.
  watch: memberProcedure("jobs")
    .input(WatchJobInput)
    .subscription(async function* ({ ctx, input, signal }) {
      const { jobId, afterUpdate, lastEventId } = input;
      const jobs = await countedStream({ ctx, signal }, () =>
        ctx.services.jobs.watch(ctx.actor, jobId, {
          afterUpdate: Math.max(afterUpdate, Number(lastEventId ?? 0)),
          signal: signal ? AbortSignal.any([signal, ctx.stopping]) : ctx.stopping,
          allowedUntil: ctx.actor.token?.expiresAt ?? null,
          stillAllowed: async () => (await ctx.reauthenticate())?.ownerId === ctx.actor.ownerId,
        }),
      );
      for await (const job of jobs) yield tracked(String(job.update), job);
    }),
});
