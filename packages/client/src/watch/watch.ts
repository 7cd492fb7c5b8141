import superjson from "superjson";
import type { ErrorShape } from "../app-router.js";
import { errorOfShape, FlightdeckError, unexpectedAnswer } from "../error.js";
import type { WireEvent } from "../generated/router.js";
import type { Request } from "../request.js";
import { pauseMs, type Sleep } from "../retry.js";
import { messagesOf, within } from "./messages.js";

export type WatchOptions = {
  sessionId: string;
  /** The number of the last event that is known; unset: from the first one on. */
  afterSeq?: number | undefined;
  /** Ends the watch: the iteration is over, without an error. */
  signal?: AbortSignal | undefined;
};

/** Follows a session: every event after `afterSeq`, once and in order, for as long as the session is there. It comes
 *  back by itself, with the number of the last event that was taken, whatever ends the stream. Numbers may jump: what is
 *  missing was folded into a later event, which names it in `folded`.
 *
 *  The next events are read when these were taken, so a slow reader loses nothing and keeps nothing in memory. Throws a
 *  `FlightdeckError` where coming back cannot help: `session_not_found`, `not_signed_in` and the like. */
export type Watch = (options: WatchOptions) => AsyncIterable<WireEvent>;

type Deps = { endpoint: string; request: Request; sleep: Sleep };

/** The server's answer begins within this time. */
const OPEN_MAX_MS = 30_000;
/** Nothing is heard for this long, signs of life included: the connection is dead. The server says its own figure. */
const SILENCE_MS = 40_000;
/** A connection that lasted this long was a good one, even if nothing happened. */
const STEADY_MS = 10_000;

const STREAM = "text/event-stream";

export function createWatch({ endpoint, request, sleep }: Deps): Watch {
  async function answerTo(afterSeq: number, sessionId: string, signal: AbortSignal): Promise<Response> {
    const input = superjson.stringify({ sessionId, lastEventId: String(afterSeq) });
    const address = `${endpoint}/sessions.watch?input=${encodeURIComponent(input)}`;
    const response = await request(address, { signal, headers: { accept: STREAM } }, [
      STREAM,
      "application/json",
    ]);
    if (response.headers.get("content-type")?.startsWith(STREAM)) return response;
    throw refusalOf(await response.text(), response);
  }

  /** The events of one connection. */
  async function* open({ sessionId, afterSeq = 0, signal }: WatchOptions): AsyncGenerator<WireEvent> {
    const closing = new AbortController();
    const close = () => closing.abort();
    signal?.addEventListener("abort", close);
    let silenceMs = SILENCE_MS;
    try {
      const response = await within(OPEN_MAX_MS, answerTo(afterSeq, sessionId, closing.signal));
      if (!response.body) throw unexpectedAnswer(response);
      for await (const { event, data } of messagesOf(response.body, () => silenceMs)) {
        if (event === undefined) yield readAs<WireEvent>(data, response);
        else if (event === "connected") silenceMs = silenceIn(data) ?? silenceMs;
        else if (event === "serialized-error") throw errorOfShape(readAs<ErrorShape>(data, response));
        // `return`: the server has no more to say, and tells the next connection why. `resync`: this one was too slow,
        // and the next one goes on from here.
        else if (event === "return" || event === "resync") return;
      }
    } finally {
      signal?.removeEventListener("abort", close);
      close();
    }
  }

  return async function* watch({ sessionId, afterSeq = 0, signal }) {
    let cursor = afterSeq;
    let failures = 0;
    while (!signal?.aborted) {
      const openedAt = performance.now();
      let retryAfterMs: number | null = null;
      try {
        for await (const event of open({ sessionId, afterSeq: cursor, signal })) {
          if (event.seq <= cursor) continue;
          cursor = event.seq;
          failures = 0;
          yield event;
        }
      } catch (error) {
        if (signal?.aborted) return;
        if (isFinal(error)) throw error;
        if (error instanceof FlightdeckError) retryAfterMs = error.retryAfterMs;
      }
      if (performance.now() - openedAt > STEADY_MS) failures = 0;
      await sleep(pauseMs(failures, retryAfterMs), signal);
      failures += 1;
    }
  };
}

/** Whether coming back would only be told the same. What went wrong inside of the server may go right the next time. */
const isFinal = (error: unknown): boolean =>
  error instanceof FlightdeckError && !error.retryable && error.http !== null && error.http < 500;

function readAs<Value>(text: string, response: Response): Value {
  try {
    return superjson.parse<Value>(text);
  } catch {
    throw unexpectedAnswer(response);
  }
}

function silenceIn(data: string): number | undefined {
  try {
    const { reconnectAfterInactivityMs: ms } = JSON.parse(data) as { reconnectAfterInactivityMs?: unknown };
    return typeof ms === "number" ? ms : undefined;
  } catch {
    return undefined;
  }
}

/** The error of an answer that is no stream. */
function refusalOf(text: string, response: Response): FlightdeckError {
  try {
    const { error } = JSON.parse(text) as { error: Parameters<typeof superjson.deserialize>[0] };
    return errorOfShape(superjson.deserialize<ErrorShape>(error), response.headers);
  } catch {
    return unexpectedAnswer(response);
  }
}
