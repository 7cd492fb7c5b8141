import {
  CreateProviderInput,
  Provider,
  ProviderInput,
  ProviderList,
  ProviderTest,
  TestProviderInput,
  UpdateProviderInput,
} from "@/lib/contracts/providers";
import { memberProcedure, router } from "../init";

// A program that changes a provider cannot read its key by that: what is stored goes to no other server than its own.
export const providersRouter = router({
  list: memberProcedure("sessions:read")
    .output(ProviderList)
    .query(({ ctx }) => ctx.services.providers.own.list(ctx.actor)),
  create: memberProcedure("sessions:write")
    .input(CreateProviderInput)
    .output(Provider)
    .mutation(({ ctx, input }) => ctx.services.providers.own.create(ctx.actor, input)),
  update: memberProcedure("sessions:write")
    .input(UpdateProviderInput)
    .output(Provider)
    .mutation(({ ctx, input }) => ctx.services.providers.own.update(ctx.actor, input)),
  delete: memberProcedure("sessions:write")
    .input(ProviderInput)
    .mutation(({ ctx, input }) => ctx.services.providers.own.delete(ctx.actor, input.providerId)),
  test: memberProcedure("sessions:write")
    .input(TestProviderInput)
    .output(ProviderTest)
    .mutation(({ ctx, input }) => ctx.services.providers.own.test(ctx.actor, input)),
});
