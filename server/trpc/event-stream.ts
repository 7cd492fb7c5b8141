import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { WireEvent } from "@/lib/events/wire";
import { SSE_MAX_MS, SSE_PING_MS, SSE_STALL_MS } from "./init";

/** How a watch is written on one wire, as pieces of an event stream. */
export type StreamFormat = {
  opening: string;
  /** A sign of life. */
  ping: string;
  /** The watch is over for a reason that says something about the session or its reader. */
  closing: string;
  events(batch: WireEvent[]): string;
  /** For a reader that could not follow: from which event on it has to read again. */
  resync(fromSeq: number): string;
  /** Why the watch could not begin or go on. */
  failed(error: unknown): string;
};

/** What is streamed. `stopping` aborts when the process was asked to end. */
export type Streamed = { batches: AsyncIterable<WireEvent[]>; stopping: AbortSignal };

const HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
  connection: "keep-alive",
};

// What it did not read yet may still be read, and this after it; a socket that nobody reads must not stay.
function giveUp(response: ServerResponse, farewell: string): void {
  response.write(farewell);
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

/** A signal that aborts when the socket is gone, or the stream ended for another reason. */
export function endOf(response: ServerResponse): AbortController {
  const ending = new AbortController();
  response.once("close", () => ending.abort("ended"));
  // A socket that breaks closes too.
  response.on("error", () => {});
  return ending;
}

/** Writes a watch to the socket's own response, one piece for all events of a moment, where web streams would pass each
 *  line of an event through five of them. A reader that does not read is waited for, with at most one batch unread; after
 *  `SSE_STALL_MS` it is told to read again (`resync`), and the socket goes. The stream ends by itself after `SSE_MAX_MS`;
 *  the client comes back with its last event id. `open` is called once the stream has begun, and stops its batches when
 *  `ending` aborts. Resolves when it is over; never rejects. */
export async function writeStream(
  response: ServerResponse,
  format: StreamFormat,
  { ending, open }: { ending: AbortController; open(): Promise<Streamed> },
): Promise<void> {
  const { signal } = ending;
  const end = () => ending.abort("ended");
  const lifetime = setTimeout(end, SSE_MAX_MS);
  response.writeHead(200, HEADERS);
  response.write(format.opening);
  // A reader that has something to read needs no sign of life.
  const ping = setInterval(() => response.writableLength === 0 && response.write(format.ping), SSE_PING_MS);
  try {
    const { batches, stopping } = await open();
    for await (const batch of batches) {
      if (signal.aborted) break;
      const hasRoom = response.write(format.events(batch));
      const fromSeq = (batch.at(-1)?.seq ?? 0) + 1;
      if (hasRoom || (await drains(response, signal))) continue;
      if (!signal.aborted) giveUp(response, format.resync(fromSeq));
      return;
    }
    // Where it ended for a reason that says nothing about the session, the client may come back.
    if (!signal.aborted && !stopping.aborted) response.write(format.closing);
  } catch (error) {
    const text = format.failed(error);
    if (!signal.aborted) response.write(text);
  } finally {
    clearTimeout(lifetime);
    clearInterval(ping);
    end();
    response.end();
  }
}
