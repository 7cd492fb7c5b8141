import { CreateTokenInput, NewToken, RevokeTokenInput, TokenList } from "@/lib/contracts/tokens";
import { memberProcedure, router } from "../init";

// For people in a browser: a token that leaked must not make others, nor hide itself.
export const tokensRouter = router({
  list: memberProcedure("none")
    .output(TokenList)
    .query(({ ctx }) => ctx.services.apiTokens.list(ctx.actor)),
  create: memberProcedure("none")
    .input(CreateTokenInput)
    .output(NewToken)
    .mutation(({ ctx, input }) => ctx.services.apiTokens.create(ctx.actor, input)),
  revoke: memberProcedure("none")
    .input(RevokeTokenInput)
    .mutation(({ ctx, input }) => ctx.services.apiTokens.revoke(ctx.actor, input.id)),
});
