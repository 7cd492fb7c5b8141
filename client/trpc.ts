import {
  createTRPCClient,
  httpBatchLink,
  httpSubscriptionLink,
  splitLink,
  type TRPCClient,
} from "@trpc/client";
import { createTRPCContext } from "@trpc/tanstack-react-query";
import superjson from "superjson";
import type { AppRouter } from "@/server/trpc/root";

const ENDPOINT = "/api/trpc";

export type FlightdeckTrpc = TRPCClient<AppRouter>;

export const { TRPCProvider, useTRPC } = createTRPCContext<AppRouter>();

/** The typed client of this server, with the browser's cookie. Watches are server-sent events, one connection
 *  each; everything else that is asked in the same tick shares one request. */
export function createBrowserTrpc(): FlightdeckTrpc {
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: (operation) => operation.type === "subscription",
        true: httpSubscriptionLink({ url: ENDPOINT, transformer: superjson }),
        false: httpBatchLink({ url: ENDPOINT, transformer: superjson }),
      }),
    ],
  });
}
