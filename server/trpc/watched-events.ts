import { type TrackedEnvelope, tracked } from "@trpc/server";
import type { WireEvent } from "@/lib/events/wire";

/** The events of a watch as tRPC's subscriptions have them: one by one, the number of each as its id. A writer that
 *  knows them takes `batches`, all events of a moment at once. Either can be read, once. */
export class WatchedEvents implements AsyncIterable<TrackedEnvelope<WireEvent>> {
  readonly batches: AsyncGenerator<WireEvent[]>;

  constructor(batches: AsyncGenerator<WireEvent[]>) {
    this.batches = batches;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<TrackedEnvelope<WireEvent>> {
    for await (const batch of this.batches) {
      for (const event of batch) yield tracked(String(event.seq), event);
    }
  }
}
