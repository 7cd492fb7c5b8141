import type { ServerResponse } from "node:http";
import type { WireEvent } from "@/lib/events/wire";
import type { Context } from "@/server/trpc/context";
import { endOf, type StreamFormat, writeStream } from "@/server/trpc/event-stream";
import { createCaller } from "@/server/trpc/root";
import type { WatchedEvents } from "@/server/trpc/watched-events";
import { crossOrigin } from "./cross-origin";
import { type Edge, noteUnexpected } from "./handler";
import { problemOf, problemResponse } from "./problem";
import { findRoute } from "./routes";
import { STREAM_RETRY_MS } from "./tunables";

const eventText = (event: WireEvent) => `id: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`;
const named = (name: string, data: object) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;

const FORMAT: Omit<StreamFormat, "failed"> = {
  opening: `retry: ${STREAM_RETRY_MS}\n\n`,
  ping: ": ping\n\n",
  // A reader that comes back is told why it cannot by the status.
  closing: "",
  events: (batch) => batch.map(eventText).join(""),
  resync: (fromSeq) => named("resync", { fromSeq }),
};

/** Whether a request asks for an event stream. */
export const asksForStream = ({ method, headers }: Pick<Request, "method" | "headers">): boolean =>
  method === "GET" && /(^|,)\s*text\/event-stream\s*(;|,|$)/i.test(headers.get("accept") ?? "");

/** After which event the stream begins. A reader that reconnects says what it saw last in the header. */
function positionOf(request: Request): string | undefined {
  const given = request.headers.get("last-event-id") || new URL(request.url).searchParams.get("after");
  return given || undefined;
}

// Whether there is such a session must be known before the status is sent.
async function watchOf(request: Request, createContext: () => Promise<Context>, signal: AbortSignal) {
  const { params } = findRoute(request.method, new URL(request.url).pathname);
  const context = await createContext();
  const caller = createCaller(context, { signal });
  const { id: sessionId } = await caller.sessions.get({ sessionId: params.sessionId ?? "" });
  const watched: unknown = await caller.sessions.watch({ sessionId, lastEventId: positionOf(request) });
  return { batches: (watched as WatchedEvents).batches, stopping: context.stopping };
}

async function refuse(response: ServerResponse, refusal: Response): Promise<void> {
  response.writeHead(refusal.status, Object.fromEntries(refusal.headers)).end(await refusal.text());
}

/** Answers `GET …/events` as an event stream: every event after the one that was seen last, once and in order, then each
 *  new one. The same watch as `sessions.watch`, for readers that know no tRPC. Why it cannot begin is told by status and
 *  problem; why it ended by an event `problem`. Resolves when it is over; never rejects. */
export async function streamEvents(request: Request, response: ServerResponse, edge: Edge): Promise<void> {
  const ending = endOf(response);
  const cross = crossOrigin(request, edge.origins);
  for (const [name, value] of Object.entries(cross.answer)) response.setHeader(name, value);
  try {
    const watch = await watchOf(request, () => edge.createContext(cross.caller), ending.signal);
    const failed = (error: unknown) => {
      noteUnexpected(edge.log, error);
      return named("problem", problemOf(error));
    };
    await writeStream(response, { ...FORMAT, failed }, { ending, open: async () => watch });
  } catch (error) {
    noteUnexpected(edge.log, error);
    await refuse(response, problemResponse(error));
  }
}
