import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { callTRPCProcedure, getTRPCErrorFromUnknown, getTRPCErrorShape, TRPCError } from "@trpc/server";
import superjson from "superjson";
import type { WireEvent } from "@/lib/events/wire";
import type { Context } from "./context";
import { appErrorOf } from "./errors";
import { SSE_CLIENT_SILENCE_MS, SSE_MAX_MS, SSE_PING_MS, SSE_STALL_MS } from "./init";
import { appRouter } from "./root";
import type { WatchedEvents } from "./watched-events";

const PATH = "sessions.watch";

const HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
  connection: "keep-alive",
};

const CONNECTED = `event: connected\ndata: ${JSON.stringify({ reconnectAfterInactivityMs: SSE_CLIENT_SILENCE_MS })}\n\n`;
const PING = "event: ping\ndata: \n\n";
/** Tells the client not to come back by itself. */
const RETURN = "event: return\ndata: \n\n";

// What `superjson` makes of an event, whose only value that JSON does not know is the time.
const eventText = (event: WireEvent) =>
  `data: {"json":${JSON.stringify(event)},"meta":{"values":{"at":["Date"]}}}\nid: ${event.seq}\n\n`;

function errorText(cause: unknown): string {
  const shape = getTRPCErrorShape({
    config: appRouter._def._config,
    error: getTRPCErrorFromUnknown(cause),
    type: "subscription",
    path: PATH,
    input: undefined,
    ctx: undefined,
  });
  return `event: serialized-error\ndata: ${superjson.stringify(shape)}\n\n`;
}

/** The procedure's input. A client that reconnects says what it saw last in a header or in the address. */
function inputOf(request: Request): unknown {
  const { searchParams } = new URL(request.url);
  const lastEventId = request.headers.get("last-event-id") ?? searchParams.get("lastEventId");
  const text = searchParams.get("input");
  try {
    const input: unknown = text === null ? undefined : superjson.parse(text);
    return lastEventId && input instanceof Object ? { ...input, lastEventId } : input;
  } catch (cause) {
    throw new TRPCError({ code: "BAD_REQUEST", cause });
  }
}

/** Tells a reader that could not follow from which event on it has to read again. tRPC's clients do that by themselves,
 *  with the last event id; one that is no tRPC client reads the number here. */
const resyncText = (fromSeq: number) => `event: resync\ndata: {"json":{"fromSeq":${fromSeq}}}\n\n`;

// What it did not read yet may still be read, and this after it; a socket that nobody reads must not stay.
function giveUp(response: ServerResponse, fromSeq: number): void {
  response.write(resyncText(fromSeq));
  const gone = setTimeout(() => response.destroy(), SSE_STALL_MS);
  response.once("close", () => clearTimeout(gone));
}

/** Whether the reader takes what was written, within `SSE_STALL_MS`. */
async function drains(response: ServerResponse, signal: AbortSignal): Promise<boolean> {
  const stalled = new AbortController();
  const timer = setTimeout(() => stalled.abort("stalled"), SSE_STALL_MS);
  try {
    await once(response, "drain", { signal: AbortSignal.any([signal, stalled.signal]) });
    return true;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}

/** Answers `GET sessions.watch` in tRPC's own format for event streams, which its subscription links read
 *  (https://trpc.io/docs/server/subscriptions); errors too. It writes to the socket's own response, one piece for all
 *  events of a moment, where tRPC passes each line of an event through five web streams. A reader that does not read
 *  is waited for, with at most one batch unread; after `SSE_STALL_MS` it is told to read again (`resync`), and the
 *  socket goes. The stream ends by itself after `SSE_MAX_MS`; the client comes back with its last event id.
 *  Resolves when it is over; never rejects. */
export async function writeWatch(
  request: Request,
  response: ServerResponse,
  createContext: () => Promise<Context>,
): Promise<void> {
  const ending = new AbortController();
  const { signal } = ending;
  const end = () => ending.abort("ended");
  response.once("close", end);
  // A socket that breaks closes too.
  response.on("error", () => {});
  const lifetime = setTimeout(end, SSE_MAX_MS);
  response.writeHead(200, HEADERS);
  response.write(CONNECTED);
  // A reader that has something to read needs no sign of life.
  const ping = setInterval(() => response.writableLength === 0 && response.write(PING), SSE_PING_MS);
  let context: Context | undefined;
  try {
    context = await createContext();
    const { batches }: WatchedEvents = await callTRPCProcedure({
      router: appRouter,
      path: PATH,
      type: "subscription",
      getRawInput: async () => inputOf(request),
      ctx: context,
      signal,
      batchIndex: 0,
    });
    for await (const batch of batches) {
      if (signal.aborted) break;
      const hasRoom = response.write(batch.map(eventText).join(""));
      const fromSeq = (batch.at(-1)?.seq ?? 0) + 1;
      if (hasRoom || (await drains(response, signal))) continue;
      if (!signal.aborted) giveUp(response, fromSeq);
      return;
    }
    // Where it ended for a reason that says nothing about the session, the client may come back.
    if (!signal.aborted && !context.stopping.aborted) response.write(RETURN);
  } catch (error) {
    if (appErrorOf(error).code === "internal") context?.log.error({ err: error }, "watch failed");
    if (!signal.aborted) response.write(errorText(error));
  } finally {
    clearTimeout(lifetime);
    clearInterval(ping);
    end();
    response.end();
  }
}
