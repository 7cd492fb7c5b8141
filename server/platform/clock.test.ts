import { describe, expect, it } from "vitest";
import { systemClock } from "./clock";

describe("a sleep", () => {
  it("ends when its time has passed", async () => {
    const before = systemClock.monotonicMs();
    await systemClock.sleep(5);
    expect(systemClock.monotonicMs()).toBeGreaterThan(before);
  });

  it("ends at once when it is aborted, without an error, and leaves no timer", async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const before = timers();
    const over = new AbortController();
    const slept = systemClock.sleep(1_000_000, over.signal);
    expect(timers()).toBe(before + 1);
    over.abort();
    await slept;
    expect(timers()).toBe(before);
    await systemClock.sleep(1_000_000, over.signal);
    expect(timers()).toBe(before);
  });
});

it("the monotonic time never goes back", () => {
  const times = Array.from({ length: 1_000 }, () => systemClock.monotonicMs());
  expect(times).toEqual([...times].sort((a, b) => a - b));
});
