import { AuditExportPage, AuditPage, ExportAuditInput, ListAuditInput } from "@/lib/contracts/audit";
import { BulkResult } from "@/lib/contracts/bulk";
import { Overview, OverviewInput } from "@/lib/contracts/overview";
import { ListPeopleInput, PeopleInput, PeoplePage, UpdatePeopleInput } from "@/lib/contracts/people";
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

const audit = router({
  list: auditorProcedure
    .input(ListAuditInput)
    .output(AuditPage)
    .query(({ ctx, input }) => ctx.services.audit.list(input)),
  export: auditorProcedure
    .input(ExportAuditInput)
    .output(AuditExportPage)
    .query(({ ctx, input }) => ctx.services.audit.export(ctx.actor, input)),
});

export const adminRouter = router({
  overview: auditorProcedure
    .input(OverviewInput)
    .output(Overview)
    .query(({ ctx, input }) => ctx.services.admin.overview(input)),
  people,
  audit,
});
