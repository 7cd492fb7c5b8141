import { createTRPCClient, httpLink, type TRPCClient, type TRPCLink } from "@trpc/client";
import { observable } from "@trpc/server/observable";
import superjson from "superjson";
import type { CallRouter } from "./app-router.js";
import { errorOfCall } from "./error.js";
import type { Request } from "./request.js";

export type FlightdeckApi = TRPCClient<CallRouter>;

type Deps = { endpoint: string; request: Request };

/** Every call fails with our own error. */
const ownErrors: TRPCLink<CallRouter> =
  () =>
  ({ op, next }) =>
    observable((observer) =>
      next(op).subscribe({
        next: (result) => observer.next(result),
        error: (error) => observer.error(errorOfCall(error)),
        complete: () => observer.complete(),
      }),
    );

const addressOf = (target: string | URL | { url: string }): string =>
  typeof target === "object" && "url" in target ? target.url : String(target);

/** The typed calls of the server at `endpoint`. */
export function createApi({ endpoint, request }: Deps): FlightdeckApi {
  return createTRPCClient<CallRouter>({
    links: [
      ownErrors,
      httpLink({
        url: endpoint,
        transformer: superjson,
        fetch: (address, init) =>
          request(addressOf(address), (init ?? {}) as RequestInit, ["application/json"]),
      }),
    ],
  });
}
