import { Me } from "@/lib/contracts/me";
import { memberProcedure, router } from "../init";

export const meRouter = router({
  get: memberProcedure("any")
    .output(Me)
    .query(({ ctx }) => ctx.me(ctx.actor)),
});
