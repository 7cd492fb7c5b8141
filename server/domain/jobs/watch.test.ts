import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Job } from "@/lib/contracts/jobs";
import type { OwnerId } from "@/server/platform/scope";
import { createManualClock, type ManualClock } from "@/tests/fakes/clock";
import { WATCH_POLL_MS, WATCH_RECHECK_MS } from "./tunables";
import { jobTopic } from "./types";
import { watchJob } from "./watch";

let clock: ManualClock;
let listeners: Map<string, () => void>;
let job: Job | null;
let stop: AbortController;
const stillAllowed = vi.fn(async () => true);

beforeEach(() => {
  clock = createManualClock();
  listeners = new Map();
  job = at(1);
  stop = new AbortController();
  stillAllowed.mockReset().mockResolvedValue(true);
});

const at = (update: number, status: Job["status"] = "running") => ({ id: "job", update, status }) as Job;
const ring = (topic: string) => listeners.get(topic)?.();

/** What a watcher sees, as it comes; `isOver` once it sees nothing more. */
function watch(change: { afterUpdate?: number; allowedUntil?: Date } = {}) {
  const seen: number[] = [];
  const state = { seen, isOver: false };
  const bell = {
    listen(topic: string, listener: (ring: { remote: boolean }) => void) {
      listeners.set(topic, () => listener({ remote: true }));
      return () => listeners.delete(topic);
    },
  };
  const options = { owner: "owner" as OwnerId, afterUpdate: 0, signal: stop.signal, stillAllowed, ...change };
  const reading = (async () => {
    for await (const { update } of watchJob({ find: async () => job, bell, clock }, "job", options))
      seen.push(update);
    state.isOver = true;
  })();
  return { state, reading };
}

describe("a watcher of a job", () => {
  it("is told of a change at its ring, and without one a little later", async () => {
    const { state } = watch();
    await clock.advance(0);
    job = at(2);
    ring(jobTopic("job"));
    await clock.advance(0);
    job = at(3);
    await clock.advance(WATCH_POLL_MS);
    expect(state).toEqual({ seen: [1, 2, 3], isOver: false });
    stop.abort();
  });

  it("is told nothing twice, and no more after its end", async () => {
    const { state, reading } = watch({ afterUpdate: 1 });
    await clock.advance(2 * WATCH_POLL_MS);
    expect(state.seen).toEqual([]);
    job = at(2, "succeeded");
    ring(jobTopic("job"));
    await reading;
    expect(state).toEqual({ seen: [2], isOver: true });
    expect(listeners.size).toBe(0);
  });

  it("sees no more of a job that is gone", async () => {
    const { state, reading } = watch();
    await clock.advance(0);
    job = null;
    ring(jobTopic("job"));
    await reading;
    expect(state).toEqual({ seen: [1], isOver: true });
  });

  it("is asked again whether it may, every so often, and when that may have changed", async () => {
    watch();
    await clock.advance(WATCH_RECHECK_MS);
    expect(stillAllowed).toHaveBeenCalledTimes(1);
    ring("person:owner");
    await clock.advance(0);
    expect(stillAllowed).toHaveBeenCalledTimes(2);
    stop.abort();
  });

  it("is let go at the moment at which what allows it ends", async () => {
    const { state, reading } = watch({ allowedUntil: new Date(clock.now().getTime() + 1_234) });
    stillAllowed.mockResolvedValue(false);
    await clock.advance(1_233);
    expect(state.isOver).toBe(false);
    await clock.advance(1);
    await reading;
    expect(state.isOver).toBe(true);
  });
});
