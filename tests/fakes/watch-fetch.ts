import superjson from "superjson";
import type { WireEvent } from "@/lib/events/wire";

/** One request for a watch, and the hand that answers it. */
export type FakeWatch = {
  authorization: string | null;
  sessionId: string;
  /** After which event the watcher goes on. */
  afterSeq: number;
  /** Begins the stream. */
  open(): void;
  /** Answers without a stream. */
  refuse(response: Response): void;
  /** Lets the connection fail before an answer. */
  fail(): void;
  send(bytes: Uint8Array | string): void;
  end(): void;
  /** Ends the stream by an error, as a lost connection does. */
  cut(): void;
  /** How many pieces the reader has not taken yet. */
  waiting(): number;
  isClosed(): boolean;
};

/** The events as the server writes them. */
export const framesOf = (...events: WireEvent[]): string =>
  events.map((event) => `data: ${superjson.stringify(event)}\nid: ${event.seq}\n\n`).join("");

export const CONNECTED = 'event: connected\ndata: {"reconnectAfterInactivityMs":40000}\n\n';

type FakeFetch = {
  fetch(address: string, init: RequestInit): Promise<Response>;
  /** The next request that no test code has taken yet. */
  next(): Promise<FakeWatch>;
  /** How many requests there were. */
  count(): number;
};

const encoder = new TextEncoder();

/** A `fetch` whose every request waits for a test to answer it. */
export function createFakeFetch(): FakeFetch {
  const untaken: FakeWatch[] = [];
  const takers: ((watch: FakeWatch) => void)[] = [];
  let count = 0;

  function fetch(address: string, init: RequestInit): Promise<Response> {
    count += 1;
    const url = new URL(address);
    const asked = superjson.parse<{ sessionId: string; lastEventId: string }>(
      url.searchParams.get("input") ?? "",
    );
    let isClosed = false;
    let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
    return new Promise((resolve, reject) => {
      const close = () => {
        isClosed = true;
        const reason = new DOMException("aborted", "AbortError");
        reject(reason);
        controller?.error(reason);
      };
      init.signal?.addEventListener("abort", close);
      const watch: FakeWatch = {
        authorization: new Headers(init.headers).get("authorization"),
        sessionId: asked.sessionId,
        afterSeq: Number(asked.lastEventId),
        open() {
          const stream = new ReadableStream<Uint8Array>(
            {
              start: (given) => {
                controller = given;
              },
            },
            { highWaterMark: 0 },
          );
          resolve(new Response(stream, { headers: { "content-type": "text/event-stream" } }));
        },
        refuse: resolve,
        fail: () => reject(new TypeError("fetch failed")),
        send: (bytes) => controller?.enqueue(typeof bytes === "string" ? encoder.encode(bytes) : bytes),
        end: () => controller?.close(),
        cut: () => controller?.error(new TypeError("terminated")),
        // A stream wants nothing ahead, so what it holds is what it has too much of.
        waiting: () => -(controller?.desiredSize ?? 0),
        isClosed: () => isClosed,
      };
      const take = takers.shift();
      if (take) take(watch);
      else untaken.push(watch);
    });
  }

  return {
    fetch,
    count: () => count,
    next: () =>
      new Promise((resolve) => {
        const waiting = untaken.shift();
        if (waiting) resolve(waiting);
        else takers.push(resolve);
      }),
  };
}
