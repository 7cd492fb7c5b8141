import {
  AbortTurnInput,
  AbortTurnResult,
  SendPromptInput,
  Turn,
  TurnInput,
  TurnRef,
} from "@/lib/contracts/turns";
import { memberProcedure, router } from "../init";

export const turnsRouter = router({
  send: memberProcedure("sessions:write")
    .input(SendPromptInput)
    .output(TurnRef)
    .mutation(({ ctx, input }) => ctx.services.turns.send(ctx.actor, input)),
  abort: memberProcedure("sessions:write")
    .input(AbortTurnInput)
    .output(AbortTurnResult)
    .mutation(({ ctx, input }) => ctx.services.turns.abort(ctx.actor, input.sessionId)),
  get: memberProcedure("sessions:read")
    .input(TurnInput)
    .output(Turn)
    .query(({ ctx, input }) => ctx.services.turns.get(ctx.actor, input.turnId)),
  retry: memberProcedure("sessions:write")
    .input(TurnInput)
    .output(TurnRef)
    .mutation(({ ctx, input }) => ctx.services.turns.retry(ctx.actor, input.turnId)),
});
