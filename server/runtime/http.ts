import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { actorFromCookies } from "@/server/auth/actor";
import { assertSameOrigin } from "@/server/auth/same-origin";
import type { Context } from "@/server/trpc/context";
import { headersOf } from "@/server/trpc/errors";
import { appRouter } from "@/server/trpc/root";
import { watchStream } from "@/server/trpc/watch-stream";
import { personOf } from "./person";
import { getRuntime } from "./runtime";

/** The parts that must work before traffic is sent here. */
export type Readiness = { ready: boolean; database: boolean; fleet: boolean; stopping: boolean };

/** Longest wait for the database's answer to a readiness probe. */
const READY_QUERY_MS = 2_000;

const TRPC = "/api/trpc";

/** Answers one tRPC request: calls, and watches as an event stream that ends when the process does. */
export async function handleTrpc(request: Request): Promise<Response> {
  const runtime = await getRuntime();
  const { env, services, log, stopping } = runtime;
  const cookies = request.headers.get("cookie");
  const authenticate = () => actorFromCookies(cookies, { accounts: services.accounts, env });
  async function createContext(): Promise<Context> {
    assertSameOrigin(request, env);
    return {
      services,
      log,
      actor: await authenticate(),
      stopping,
      reauthenticate: authenticate,
      me: (actor) => personOf(runtime, actor),
    };
  }
  if (request.method === "GET" && new URL(request.url).pathname === `${TRPC}/sessions.watch`) {
    return watchStream(request, createContext);
  }
  return fetchRequestHandler({
    endpoint: TRPC,
    req: request,
    router: appRouter,
    createContext,
    responseMeta: ({ errors }) => ({ headers: new Headers(headersOf(errors)) }),
  });
}

/** What answers and what does not. Never throws. */
export async function readiness(): Promise<Readiness> {
  const runtime = await getRuntime().catch(() => null);
  if (!runtime) return { ready: false, database: false, fleet: false, stopping: false };
  const answered = runtime.db.$queryRaw`SELECT 1`.then(
    () => true,
    () => false,
  );
  const late = new Promise<boolean>((resolve) => {
    setTimeout(() => resolve(false), READY_QUERY_MS).unref();
  });
  const database = await Promise.race([answered, late]);
  const fleet = runtime.services.fleet.anyReady();
  const stopping = runtime.draining.aborted;
  return { ready: database && fleet && !stopping, database, fleet, stopping };
}
