import { ModelList } from "@/lib/contracts/models";
import { memberProcedure, router } from "../init";

export const modelsRouter = router({
  list: memberProcedure("sessions:read")
    .output(ModelList)
    .query(({ ctx }) => ctx.services.fleet.models(ctx.actor)),
});
