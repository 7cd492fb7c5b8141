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
  send: memberProcedure
    .input(SendPromptInput)
    .output(TurnRef)
    .mutation(({ ctx, input }) => ctx.services.turns.send(ctx.actor, input)),
  abort: memberProcedure
    .input(AbortTurnInput)
    .output(AbortTurnResult)
    .mutation(({ ctx, input }) => ctx.services.turns.abort(ctx.actor, input.sessionId)),
  get: memberProcedure
    .input(TurnInput)
    .output(Turn)
    .query(({ ctx, input }) => ctx.services.turns.get(ctx.actor, input.turnId)),
  retry: memberProcedure
    .input(TurnInput)
    .output(TurnRef)
    .mutation(({ ctx, input }) => ctx.services.turns.retry(ctx.actor, input.turnId)),
});
