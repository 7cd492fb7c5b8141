import { beforeEach, describe, expect, it, vi } from "vitest";
import { createManualClock, type ManualClock } from "@/tests/fakes/clock";
import { StopAsked } from "./stop-asked";
import { STOP_LOOK_MS } from "./tunables";
import { jobTopic } from "./types";

let clock: ManualClock;
let listeners: Map<string, () => void>;
let requested: boolean;
const isCancelRequested = vi.fn(async () => requested);

beforeEach(() => {
  clock = createManualClock();
  listeners = new Map();
  requested = false;
  isCancelRequested.mockClear();
});

const ask = () =>
  new StopAsked(
    {
      store: { isCancelRequested },
      clock,
      bell: {
        listen(id, listener) {
          listeners.set(id, () => listener({ remote: false }));
          return () => listeners.delete(id);
        },
      },
    },
    "job",
  );
const ring = () => listeners.get(jobTopic("job"))?.();

describe("whether a job is to stop", () => {
  it("is not asked while nobody rings", async () => {
    const over = new AbortController();
    const reason = ask().reason({ deadline: null }, over.signal);
    await clock.advance(STOP_LOOK_MS / 2);
    over.abort();
    expect(await reason).toBeNull();
    expect(isCancelRequested).not.toHaveBeenCalled();
  });

  it("is heard also where it was asked before anybody waited for it", async () => {
    const stop = ask();
    requested = true;
    ring();
    expect(await stop.reason({ deadline: null }, new AbortController().signal)).toBe("cancelled");
  });

  it("is found without a ring, a little later", async () => {
    const reason = ask().reason({ deadline: null }, new AbortController().signal);
    requested = true;
    await clock.advance(STOP_LOOK_MS);
    expect(await reason).toBe("cancelled");
  });

  it("is asked again where another change was rung, and where the database was away", async () => {
    const stop = ask();
    const reason = stop.reason({ deadline: null }, new AbortController().signal);
    ring();
    await clock.advance(1);
    isCancelRequested.mockRejectedValueOnce(new Error("away"));
    ring();
    await clock.advance(1);
    requested = true;
    ring();
    expect(await reason).toBe("cancelled");
  });

  it.each([1, 6 * STOP_LOOK_MS])("is so when its deadline has passed, %d ms from now", async (ms) => {
    const deadline = new Date(clock.now().getTime() + ms);
    const reason = ask().reason({ deadline }, new AbortController().signal);
    await clock.advance(ms - 1);
    await clock.advance(1);
    expect(await reason).toBe("deadline_passed");
    expect(clock.now()).toEqual(deadline);
  });

  it("is listened for until that is ended", () => {
    const stop = ask();
    expect(listeners.size).toBe(1);
    stop.end();
    expect(listeners.size).toBe(0);
  });
});
