import type { TRPCMutationProcedure, TRPCQueryProcedure, TRPCSubscriptionProcedure } from "@trpc/server";

type Definition<Input, Output> = { meta: unknown; input: Input; output: Output };

/** The procedures of generated/router.ts, as tRPC has them. */
export type Query<Input, Output> = TRPCQueryProcedure<Definition<Input, Output>>;
export type Mutation<Input, Output> = TRPCMutationProcedure<Definition<Input, Output>>;
export type Subscription<Input, Output> = TRPCSubscriptionProcedure<Definition<Input, Output>>;
