import { describe, expect, it } from "vitest";
import { createManualClock } from "@/tests/fakes/clock";
import { CircuitBreaker } from "./circuit-breaker";
import { LOSSES_MAX, LOSSES_WINDOW_MS, QUARANTINE_FIRST_MS, QUARANTINE_LAST_MS } from "./tunables";

function setUp() {
  const clock = createManualClock();
  const breaker = new CircuitBreaker(clock);
  const flap = () => {
    for (let n = 0; n < LOSSES_MAX; n++) breaker.lost();
  };
  /** How long the quarantine goes on from now, in milliseconds. */
  async function rest(): Promise<number> {
    let ms = 0;
    for (; breaker.isOpen; ms += 1_000) await clock.advance(1_000);
    return ms;
  }
  return { clock, breaker, flap, rest };
}

describe("a circuit breaker", () => {
  it("stays closed for losses now and then", async () => {
    const { clock, breaker } = setUp();
    for (let n = 0; n < 3 * LOSSES_MAX; n++) {
      breaker.lost();
      await clock.advance(LOSSES_WINDOW_MS / (LOSSES_MAX - 1));
      expect(breaker.isOpen).toBe(false);
    }
  });

  it("opens for many losses in a short time, and closes by itself", async () => {
    const { flap, rest } = setUp();
    flap();
    expect(await rest()).toBe(QUARANTINE_FIRST_MS);
  });

  it("opens longer each time, up to a limit, and begins anew after a long quiet time", async () => {
    const { clock, flap, rest } = setUp();
    const rests: number[] = [];
    for (let n = 0; n < 6; n++) {
      flap();
      rests.push(await rest());
    }
    expect(rests[1]).toBe(2 * QUARANTINE_FIRST_MS);
    expect(rests.at(-1)).toBe(QUARANTINE_LAST_MS);
    await clock.advance(QUARANTINE_LAST_MS + 1_000);
    flap();
    expect(await rest()).toBe(QUARANTINE_FIRST_MS);
  });
});
