import {
  AdminSessionDetails,
  AdminSessionIds,
  AdminSessionInput,
  AdminSessionPage,
  ExportSessionsInput,
  ListAdminSessionsInput,
  MoveSessionsInput,
  ReadTranscriptInput,
  SessionExport,
  Transcript,
} from "@/lib/contracts/admin-sessions";
import { AuditExportPage, AuditPage, ExportAuditInput, ListAuditInput } from "@/lib/contracts/audit";
import { BulkResult } from "@/lib/contracts/bulk";
import { AddServerInput, Fleet, ServerRef, ServersInput } from "@/lib/contracts/fleet";
import { AdminJobIds, AdminJobPage, ListAdminJobsInput } from "@/lib/contracts/jobs";
import { Overview, OverviewInput } from "@/lib/contracts/overview";
import { ListPeopleInput, PeopleInput, PeoplePage, UpdatePeopleInput } from "@/lib/contracts/people";
import {
  CreateProviderInput,
  Provider,
  ProviderInput,
  ProviderList,
  ProviderTest,
  TestProviderInput,
  UpdateProviderInput,
} from "@/lib/contracts/providers";
import {
  ListRunsInput,
  PreviewRetentionInput,
  Retention,
  RetentionPreview,
  RetentionRun,
  RetentionRuns,
  UpdateRetentionInput,
} from "@/lib/contracts/retention";
import { adminProcedure, auditorProcedure, router } from "../init";

const people = router({
  list: auditorProcedure
    .input(ListPeopleInput)
    .output(PeoplePage)
    .query(({ ctx, input }) => ctx.services.admin.people.list(input)),
  update: adminProcedure
    .input(UpdatePeopleInput)
    .output(BulkResult)
    .mutation(({ ctx, input }) => ctx.services.admin.people.update(ctx.actor, input)),
  disable: adminProcedure
    .input(PeopleInput)
    .output(BulkResult)
    .mutation(({ ctx, input }) => ctx.services.admin.people.disable(ctx.actor, input.ids)),
  enable: adminProcedure
    .input(PeopleInput)
    .output(BulkResult)
    .mutation(({ ctx, input }) => ctx.services.admin.people.enable(ctx.actor, input.ids)),
  signOut: adminProcedure
    .input(PeopleInput)
    .output(BulkResult)
    .mutation(({ ctx, input }) => ctx.services.admin.people.signOut(ctx.actor, input.ids)),
});

const sessions = router({
  list: auditorProcedure
    .input(ListAdminSessionsInput)
    .output(AdminSessionPage)
    .query(({ ctx, input }) => ctx.services.admin.sessions.list(input)),
  get: auditorProcedure
    .input(AdminSessionInput)
    .output(AdminSessionDetails)
    .query(({ ctx, input }) => ctx.services.admin.sessions.get(input.sessionId)),
  // These two are noted in the audit log, so they are no queries, which a client may repeat as it likes.
  export: auditorProcedure
    .input(ExportSessionsInput)
    .output(SessionExport)
    .mutation(({ ctx, input }) => ctx.services.admin.sessions.export(ctx.actor, input)),
  transcript: adminProcedure
    .input(ReadTranscriptInput)
    .output(Transcript)
    .mutation(({ ctx, input }) => ctx.services.admin.sessions.transcript(ctx.actor, input)),
  stop: adminProcedure
    .input(AdminSessionIds)
    .output(BulkResult)
    .mutation(({ ctx, input }) => ctx.services.admin.sessions.stop(ctx.actor, input.ids)),
  detach: adminProcedure
    .input(AdminSessionIds)
    .output(BulkResult)
    .mutation(({ ctx, input }) => ctx.services.admin.sessions.detach(ctx.actor, input.ids)),
  move: adminProcedure
    .input(MoveSessionsInput)
    .output(BulkResult)
    .mutation(({ ctx, input }) => ctx.services.admin.sessions.move(ctx.actor, input.ids, input.server)),
  archive: adminProcedure
    .input(AdminSessionIds)
    .output(BulkResult)
    .mutation(({ ctx, input }) => ctx.services.admin.sessions.archive(ctx.actor, input.ids)),
  delete: adminProcedure
    .input(AdminSessionIds)
    .output(BulkResult)
    .mutation(({ ctx, input }) => ctx.services.admin.sessions.delete(ctx.actor, input.ids)),
});

const jobs = router({
  list: auditorProcedure
    .input(ListAdminJobsInput)
    .output(AdminJobPage)
    .query(({ ctx, input }) => ctx.services.admin.jobs.list(input)),
  cancel: adminProcedure
    .input(AdminJobIds)
    .output(BulkResult)
    .mutation(({ ctx, input }) => ctx.services.admin.jobs.cancel(ctx.actor, input.ids)),
});

const fleet = router({
  list: auditorProcedure.output(Fleet).query(({ ctx }) => ctx.services.admin.fleet.list()),
  add: adminProcedure
    .input(AddServerInput)
    .output(ServerRef)
    .mutation(({ ctx, input }) => ctx.services.admin.fleet.add(ctx.actor, input)),
  drain: adminProcedure
    .input(ServersInput)
    .output(BulkResult)
    .mutation(({ ctx, input }) => ctx.services.admin.fleet.drain(ctx.actor, input.ids)),
  resume: adminProcedure
    .input(ServersInput)
    .output(BulkResult)
    .mutation(({ ctx, input }) => ctx.services.admin.fleet.resume(ctx.actor, input.ids)),
  restart: adminProcedure
    .input(ServersInput)
    .output(BulkResult)
    .mutation(({ ctx, input }) => ctx.services.admin.fleet.restart(ctx.actor, input.ids)),
  remove: adminProcedure
    .input(ServersInput)
    .output(BulkResult)
    .mutation(({ ctx, input }) => ctx.services.admin.fleet.remove(ctx.actor, input.ids)),
});

const audit = router({
  list: auditorProcedure
    .input(ListAuditInput)
    .output(AuditPage)
    .query(({ ctx, input }) => ctx.services.audit.list(input)),
  export: auditorProcedure
    .input(ExportAuditInput)
    .output(AuditExportPage)
    .mutation(({ ctx, input }) => ctx.services.audit.export(ctx.actor, input)),
});

const retention = router({
  get: auditorProcedure.output(Retention).query(({ ctx }) => ctx.services.retention.get()),
  update: adminProcedure
    .input(UpdateRetentionInput)
    .output(Retention)
    .mutation(({ ctx, input }) => ctx.services.retention.update(ctx.actor, input)),
  preview: auditorProcedure
    .input(PreviewRetentionInput)
    .output(RetentionPreview)
    .query(({ ctx, input }) => ctx.services.retention.preview(input)),
  run: adminProcedure.output(RetentionRun).mutation(({ ctx }) => ctx.services.retention.run(ctx.actor)),
  runs: auditorProcedure
    .input(ListRunsInput)
    .output(RetentionRuns)
    .query(({ ctx, input }) => ctx.services.retention.runs(input)),
});

/** Everybody's. */
const providers = router({
  list: auditorProcedure
    .output(ProviderList)
    .query(({ ctx }) => ctx.services.providers.shared.list(ctx.actor)),
  create: adminProcedure
    .input(CreateProviderInput)
    .output(Provider)
    .mutation(({ ctx, input }) => ctx.services.providers.shared.create(ctx.actor, input)),
  update: adminProcedure
    .input(UpdateProviderInput)
    .output(Provider)
    .mutation(({ ctx, input }) => ctx.services.providers.shared.update(ctx.actor, input)),
  delete: adminProcedure
    .input(ProviderInput)
    .mutation(({ ctx, input }) => ctx.services.providers.shared.delete(ctx.actor, input.providerId)),
  test: adminProcedure
    .input(TestProviderInput)
    .output(ProviderTest)
    .mutation(({ ctx, input }) => ctx.services.providers.shared.test(ctx.actor, input)),
});

export const adminRouter = router({
  overview: auditorProcedure
    .input(OverviewInput)
    .output(Overview)
    .query(({ ctx, input }) => ctx.services.admin.overview(input)),
  people,
  sessions,
  jobs,
  fleet,
  providers,
  retention,
  audit,
});
