import { request } from "node:http";
import { text } from "node:stream/consumers";

/** `live`: what is still in use after a garbage collection, in V8's heap and in buffers outside of it. */
export type MemoryUse = { liveBytes: number; residentBytes: number };

/** A piece of streamed text as the SDK in the app emitted it; `atMs` counts from the Unix epoch. */
export type Emitted = { sessionId: string; chars: number; atMs: number };

export type Probe = {
  /** Collects garbage in the app and reads its memory. */
  memory(): Promise<MemoryUse>;
  /** Begins to note the pieces of streamed text. */
  listen(): Promise<void>;
  /** Ends that, and tells them in the order they came. */
  emitted(): Promise<Emitted[]>;
};

/** Asks bench/app-probe.mjs inside the app, through the Unix socket `socketPath`. */
export function createProbe(socketPath: string): Probe {
  const ask = <Answer>(path: string) =>
    new Promise<Answer>((resolve, reject) => {
      const asked = request({ socketPath, path }, (response) => {
        text(response).then((body) => resolve(JSON.parse(body) as Answer), reject);
      });
      asked.once("error", reject);
      asked.end();
    });
  return {
    async memory() {
      const { heapUsed, external, rss } = await ask<NodeJS.MemoryUsage>("/memory");
      // `external` holds the array buffers too.
      return { liveBytes: heapUsed + external, residentBytes: rss };
    },
    listen: () => ask("/listen"),
    emitted: () => ask("/emitted"),
  };
}
