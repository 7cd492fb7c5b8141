import type { Actor } from "@/server/platform/scope";
import type { Context } from "./context";

type Caller = { ctx: Pick<Context, "services"> & { actor: Actor }; signal: AbortSignal | undefined };

/** What `open` gives, as one of the streams that the caller may have open: until it ends, its reader leaves it, or the
 *  call is over. Throws `too_many_streams` before `open` is called. */
export async function countedStream<Item>(
  { ctx: { actor, services }, signal }: Caller,
  open: () => AsyncIterable<Item>,
): Promise<AsyncGenerator<Item>> {
  const close = await services.quotas.openStream(actor);
  // The reader may be gone before it has read anything.
  if (signal?.aborted) close();
  signal?.addEventListener("abort", close, { once: true });
  return closedAfter(open(), close);
}

async function* closedAfter<Item>(items: AsyncIterable<Item>, close: () => void): AsyncGenerator<Item> {
  try {
    yield* items;
  } finally {
    close();
  }
}
