import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { actorFromCookies } from "@/server/auth/actor";
import { assertSameOrigin } from "@/server/auth/same-origin";
import type { Context } from "@/server/trpc/context";
import { appRouter } from "@/server/trpc/root";
import { personOf } from "./person";
import { getRuntime } from "./runtime";

/** The parts that must work before traffic is sent here. */
export type Readiness = { ready: boolean; database: boolean; fleet: boolean; stopping: boolean };

/** Longest wait for the database's answer to a readiness probe. */
const READY_QUERY_MS = 2_000;

/** Answers one tRPC request: calls, and subscriptions as an event stream that ends when the process does. */
export async function handleTrpc(request: Request): Promise<Response> {
  const runtime = await getRuntime();
  const { env, services, log, stopping } = runtime;
  const cookies = request.headers.get("cookie");
  const authenticate = () => actorFromCookies(cookies, { accounts: services.accounts, env });
  const response = await fetchRequestHandler({
    endpoint: "/api/trpc",
    req: request,
    router: appRouter,
    async createContext(): Promise<Context> {
      assertSameOrigin(request, env);
      return {
        services,
        log,
        actor: await authenticate(),
        stopping,
        reauthenticate: authenticate,
        me: (actor) => personOf(runtime, actor),
      };
    },
  });
  return response.headers.get("content-type")?.startsWith("text/event-stream")
    ? inWholeEvents(response)
    : response;
}

const NEWLINE = 10;

const endsEvent = (bytes: Uint8Array | undefined) => bytes?.at(-1) === NEWLINE && bytes.at(-2) === NEWLINE;
const nextTick = () => new Promise<null>((resolve) => setImmediate(resolve, null));

// tRPC hands out each line of an event by itself, and each would be a write to the socket of its own. Events that are
// there at the same moment share one write.
function inWholeEvents(response: Response): Response {
  if (!response.body) return response;
  const reader = response.body.getReader();
  let reading: ReturnType<typeof reader.read> | undefined;
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const parts: Uint8Array[] = [];
        for (;;) {
          reading ??= reader.read();
          const read = endsEvent(parts.at(-1)) ? await Promise.race([reading, nextTick()]) : await reading;
          if (read) reading = undefined;
          if (read?.value) parts.push(read.value);
          if (read && !read.done) continue;
          if (parts.length > 0) controller.enqueue(Buffer.concat(parts));
          if (read?.done) controller.close();
          return;
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { status: response.status, headers: response.headers });
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
  const stopping = runtime.stopping.aborted;
  return { ready: database && fleet && !stopping, database, fleet, stopping };
}
