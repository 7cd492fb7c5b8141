import {
  callTRPCProcedure,
  getTRPCErrorFromUnknown,
  getTRPCErrorShape,
  TRPCError,
  type TrackedEnvelope,
} from "@trpc/server";
import superjson from "superjson";
import type { WireEvent } from "@/lib/events/wire";
import type { Context } from "./context";
import { appErrorOf } from "./errors";
import { SSE_CLIENT_SILENCE_MS, SSE_MAX_MS, SSE_PING_MS } from "./init";
import { appRouter } from "./root";

const PATH = "sessions.watch";

type Tracked = TrackedEnvelope<WireEvent>;

const HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
  connection: "keep-alive",
};

const CONNECTED = `event: connected\ndata: ${JSON.stringify({ reconnectAfterInactivityMs: SSE_CLIENT_SILENCE_MS })}\n\n`;
const PING = Buffer.from("event: ping\ndata: \n\n");
/** Tells the client not to come back by itself. */
const RETURN = "event: return\ndata: \n\n";

/** A piece of the stream is not joined any further when it has this many characters. */
const PIECE_CHARS = 65_536;

// What `superjson` makes of an event, whose only value that JSON does not know is the time.
const eventText = ([id, event]: Tracked) =>
  `data: {"json":${JSON.stringify(event)},"meta":{"values":{"at":["Date"]}}}\nid: ${id}\n\n`;

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

const nextTick = () => new Promise<null>((resolve) => setImmediate(resolve, null));

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

/** Answers `GET sessions.watch` in tRPC's own format for event streams, which its subscription links read
 *  (https://trpc.io/docs/server/subscriptions); errors too. tRPC's writer passes each line of an event through five
 *  streams; this one joins the events that are there at the same moment to one piece and hands it to the socket's
 *  stream. It ends by itself after `SSE_MAX_MS`; the client comes back with its last event id. */
export function watchStream(request: Request, createContext: () => Promise<Context>): Response {
  const ending = new AbortController();
  const end = () => ending.abort("ended");
  request.signal.addEventListener("abort", end, { once: true });
  const lifetime = setTimeout(end, SSE_MAX_MS);
  let ping: NodeJS.Timeout | undefined;
  let iterator: AsyncIterator<Tracked> | undefined;
  let coming: Promise<IteratorResult<Tracked>> | undefined;
  let context: Context | undefined;

  async function open(): Promise<AsyncIterator<Tracked>> {
    context = await createContext();
    const events: AsyncIterable<Tracked> = await callTRPCProcedure({
      router: appRouter,
      path: PATH,
      type: "subscription",
      getRawInput: async () => inputOf(request),
      ctx: context,
      signal: ending.signal,
      batchIndex: 0,
    });
    return events[Symbol.asyncIterator]();
  }

  // It ended for a reason that says nothing about the session.
  const mayComeBack = () => ending.signal.aborted || context?.stopping.aborted;

  /** The text of all events that are there, or of the next; `last` where nothing follows. */
  async function take(): Promise<{ text: string; last: boolean }> {
    let text = "";
    try {
      iterator ??= await open();
      while (!ending.signal.aborted && text.length < PIECE_CHARS) {
        coming ??= iterator.next();
        const result = text === "" ? await coming : await Promise.race([coming, nextTick()]);
        if (!result) break;
        coming = undefined;
        if (result.done) return { text: mayComeBack() ? text : text + RETURN, last: true };
        text += eventText(result.value);
      }
      return { text, last: ending.signal.aborted };
    } catch (error) {
      if (appErrorOf(error).code === "internal") context?.log.error({ err: error }, "watch failed");
      return { text: ending.signal.aborted ? text : text + errorText(error), last: true };
    }
  }

  function release(): void {
    clearTimeout(lifetime);
    clearInterval(ping);
    request.signal.removeEventListener("abort", end);
    end();
    // Where it is not waiting but has an event to hand out, only this ends it.
    void iterator?.return?.();
  }

  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        controller.enqueue(Buffer.from(CONNECTED));
        // A reader that has something to read needs no sign of life.
        ping = setInterval(() => controller.desiredSize === 0 && controller.enqueue(PING), SSE_PING_MS);
      },
      async pull(controller) {
        const { text, last } = await take();
        if (last) release();
        if (text !== "") controller.enqueue(Buffer.from(text));
        if (last) controller.close();
      },
      cancel: release,
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { headers: HEADERS });
}
