import { createParser, type EventSourceMessage } from "eventsource-parser";

/** One event is never longer: an answer's text, and what surrounds it. */
const MESSAGE_CHARS_MAX = 16_777_216;

/** Rejects where `work` takes longer than `ms`; what it leads to then goes nowhere. */
export function within<Result>(ms: number, work: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`Nothing was heard for ${ms} ms.`)), ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** The messages of an event stream, in order. Reads the next piece of the stream when all messages of the one before were
 *  taken, so a slow reader slows the sender down, and no more than a piece is held. A message that was cut off is none.
 *  Rejects where the stream breaks, and where nothing comes for `silenceMs()`, which is asked before each piece. */
export async function* messagesOf(
  stream: ReadableStream<Uint8Array>,
  silenceMs: () => number,
): AsyncGenerator<EventSourceMessage> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  const ready: EventSourceMessage[] = [];
  const parser = createParser({
    maxBufferSize: MESSAGE_CHARS_MAX,
    onEvent: (message) => {
      ready.push(message);
    },
  });
  for (;;) {
    const { done, value } = await within(silenceMs(), reader.read());
    if (done) return;
    parser.feed(decoder.decode(value, { stream: true }));
    yield* ready.splice(0);
  }
}
