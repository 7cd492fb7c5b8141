import type { ServerResponse } from "node:http";
import { callTRPCProcedure, getTRPCErrorFromUnknown, getTRPCErrorShape, TRPCError } from "@trpc/server";
import superjson from "superjson";
import type { WireEvent } from "@/lib/events/wire";
import type { Context } from "./context";
import { appErrorOf } from "./errors";
import { endOf, type StreamFormat, writeStream } from "./event-stream";
import { SSE_CLIENT_SILENCE_MS } from "./init";
import { appRouter } from "./root";
import type { WatchedEvents } from "./watched-events";

const PATH = "sessions.watch";

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

const FORMAT: Omit<StreamFormat, "failed"> = {
  opening: `event: connected\ndata: ${JSON.stringify({ reconnectAfterInactivityMs: SSE_CLIENT_SILENCE_MS })}\n\n`,
  ping: "event: ping\ndata: \n\n",
  // Tells the client not to come back by itself.
  closing: "event: return\ndata: \n\n",
  events: (batch) => batch.map(eventText).join(""),
  // tRPC's clients read again by themselves, with the last event id; one that is no tRPC client reads the number here.
  resync: (fromSeq) => `event: resync\ndata: {"json":{"fromSeq":${fromSeq}}}\n\n`,
};

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
 *  (https://trpc.io/docs/server/subscriptions); errors too. Resolves when it is over; never rejects. */
export async function writeWatch(
  request: Request,
  response: ServerResponse,
  createContext: () => Promise<Context>,
): Promise<void> {
  const ending = endOf(response);
  let context: Context | undefined;
  async function open() {
    context = await createContext();
    const { batches }: WatchedEvents = await callTRPCProcedure({
      router: appRouter,
      path: PATH,
      type: "subscription",
      getRawInput: async () => inputOf(request),
      ctx: context,
      signal: ending.signal,
      batchIndex: 0,
    });
    return { batches, stopping: context.stopping };
  }
  function failed(error: unknown): string {
    if (appErrorOf(error).code === "internal") context?.log.error({ err: error }, "watch failed");
    return errorText(error);
  }
  await writeStream(response, { ...FORMAT, failed }, { ending, open });
}
