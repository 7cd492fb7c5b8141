import type { WireEvent } from "@/lib/events/wire";

/** Every stream gets `perSecond` events a second, for `ms`; the streams take turns, so the load is even. */
export type Pace = { streams: number; perSecond: number; ms: number };

const TICK_MS = 1;

/** How many events a pace makes in all. */
export const eventsIn = ({ streams, perSecond, ms }: Pace): number =>
  Math.floor((streams * perSecond * ms) / 1_000);

/** Calls `due` with the number of the stream whose turn it is. Resolves after the last call. */
export function keepPace(pace: Pace, due: (stream: number) => void): Promise<void> {
  const total = eventsIn(pace);
  const gapMs = pace.ms / total;
  const startedAt = performance.now();
  let done = 0;
  return new Promise((resolve) => {
    const tick = () => {
      const elapsedMs = performance.now() - startedAt;
      for (; done < total && done * gapMs <= elapsedMs; done += 1) due(done % pace.streams);
      if (done === total) resolve();
      else setTimeout(tick, TICK_MS);
    };
    tick();
  });
}

/** The events of the load: text that streams, as one flush of a turn's writer has it. */
export const textEvent = (turnId: string) =>
  ({
    type: "assistant.delta",
    turnId,
    data: { messageId: "0b8d8f2e-6c1d-4b8f-9d7e-2f1f5b1f6a01", text: " and some words more" },
  }) as const satisfies Partial<WireEvent>;
