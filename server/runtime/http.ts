import type { IncomingMessage, ServerResponse } from "node:http";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { actorAgain, actorOf } from "@/server/auth/actor";
import { assertSameOrigin } from "@/server/auth/same-origin";
import type { Context } from "@/server/trpc/context";
import { headersOf } from "@/server/trpc/errors";
import { appRouter } from "@/server/trpc/root";
import { writeWatch } from "@/server/trpc/watch-stream";
import type { Runtime } from "./boot";
import { personOf } from "./person";
import { getRuntime } from "./runtime";

/** The parts that must work before traffic is sent here. */
export type Readiness = { ready: boolean; database: boolean; fleet: boolean; stopping: boolean };

/** Longest wait for the database's answer to a readiness probe. */
const READY_QUERY_MS = 2_000;

const TRPC = "/api/trpc";

/** What answering takes of the process. */
export type Serving = Pick<Runtime, "env" | "services" | "log" | "stopping">;

/** How the context of a call is made, of what tells who calls. */
export function contextOf(
  runtime: Serving,
  request: Pick<Request, "method" | "headers">,
): () => Promise<Context> {
  const { env, services, log, stopping } = runtime;
  const { headers } = request;
  const { accounts, apiTokens } = services;
  const deps = { accounts, apiTokens, env };
  return async () => {
    assertSameOrigin(request, env);
    const actor = await actorOf(headers, deps);
    if (actor) await services.quotas.countRequest(actor);
    return {
      services,
      log,
      actor,
      stopping,
      reauthenticate: async () => actor && actorAgain(actor, headers, deps),
      me: (actor) => personOf(runtime, actor),
    };
  };
}

/** Answers one tRPC request. */
export const handleTrpc = async (request: Request): Promise<Response> =>
  answerTrpc(await getRuntime(), request);

export function answerTrpc(runtime: Serving, request: Request): Promise<Response> {
  return fetchRequestHandler({
    endpoint: TRPC,
    req: request,
    router: appRouter,
    createContext: contextOf(runtime, request),
    responseMeta: ({ errors }) => ({ headers: new Headers(headersOf(errors)) }),
  });
}

/** Answers `sessions.watch` as an event stream that ends when the process does. Any other method gets tRPC's
 *  refusal. */
export const handleWatch = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> =>
  answerWatch(await getRuntime(), incoming, response);

/** A request of Node's server as the web has them, without its body. */
export function requestOf({ env }: Serving, { method, headers, url = "" }: IncomingMessage): Request {
  return new Request(new URL(url, env.APP_URL), {
    method,
    headers: Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)] as [string, string]],
    ),
  });
}

export async function answerWatch(
  runtime: Serving,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const request = requestOf(runtime, incoming);
  if (request.method === "GET") return writeWatch(request, response, contextOf(runtime, request));
  const refusal = await answerTrpc(runtime, request);
  response.writeHead(refusal.status, Object.fromEntries(refusal.headers)).end(await refusal.text());
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
