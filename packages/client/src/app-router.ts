import type {
  AnyTRPCProcedure,
  AnyTRPCSubscriptionProcedure,
  TRPC_ERROR_CODE_NUMBER,
  TRPCBuiltRouter,
  TRPCDefaultErrorData,
  TRPCRouterRecord,
} from "@trpc/server";
import type { ErrorCode, Procedures } from "./generated/router.js";

/** An error of the server as it is sent. `details`: of an input that is not valid, path → message. */
export type ErrorShape = {
  message: string;
  code: TRPC_ERROR_CODE_NUMBER;
  data: TRPCDefaultErrorData & {
    app: { code: ErrorCode; retryable: boolean; http: number; details?: Record<string, string> };
  };
};

type Root = { ctx: object; meta: object; errorShape: ErrorShape; transformer: true };

/** What is answered at once: a subscription is followed by `watch`. */
type Calls<Routes extends TRPCRouterRecord> = {
  [Name in keyof Routes as Routes[Name] extends AnyTRPCSubscriptionProcedure
    ? never
    : Name]: Routes[Name] extends AnyTRPCProcedure
    ? Routes[Name]
    : Routes[Name] extends TRPCRouterRecord
      ? Calls<Routes[Name]>
      : never;
};

/** The server's whole router, for whoever brings links of their own: endpoint `/api/trpc`, transformer superjson. */
export type AppRouter = TRPCBuiltRouter<Root, Procedures>;

/** The router without its subscriptions. */
export type CallRouter = TRPCBuiltRouter<Root, Calls<Procedures>>;
