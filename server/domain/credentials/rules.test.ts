import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type TokenTimes, tokenState } from "./rules";
import { REFRESH_AHEAD_MS, USABLE_LEFT_MS } from "./tunables";

const HOUR_MS = 3_600_000;
const issued = new Date("2026-01-01T00:00:00Z");
const at = (ms: number) => new Date(issued.getTime() + ms);
const fresh: TokenTimes = {
  status: "active",
  refreshable: true,
  accessExpiresAt: at(8 * HOUR_MS),
  refreshExpiresAt: at(4_000 * HOUR_MS),
  updatedAt: issued,
};

describe("a stored token", () => {
  it.each<[string, TokenTimes | null, Date, ReturnType<typeof tokenState>]>([
    ["is missing", null, issued, { next: "sign_in" }],
    ["was rejected", { ...fresh, status: "rejected" }, issued, { next: "sign_in" }],
    ["never expires", { ...fresh, accessExpiresAt: null, refreshable: false }, at(9e9), { next: "use" }],
    ["is fresh", fresh, issued, { next: "use" }],
    ["outlives the turn", fresh, at(8 * HOUR_MS - REFRESH_AHEAD_MS - 1), { next: "use" }],
    ["expires soon", fresh, at(8 * HOUR_MS - REFRESH_AHEAD_MS), { next: "refresh", usableMeanwhile: true }],
    ["is about to end", fresh, at(8 * HOUR_MS - USABLE_LEFT_MS), { next: "refresh", usableMeanwhile: false }],
    ["expired", fresh, at(9 * HOUR_MS), { next: "refresh", usableMeanwhile: false }],
    [
      "expired without a refresh token",
      { ...fresh, refreshable: false },
      at(9 * HOUR_MS),
      { next: "sign_in" },
    ],
    ["ends without a refresh token", { ...fresh, refreshable: false }, at(8 * HOUR_MS - 1), { next: "use" }],
    ["expired with its refresh token", fresh, at(5_000 * HOUR_MS), { next: "sign_in" }],
  ])("that %s", (_name, credential, now, state) => {
    expect(tokenState(credential, now)).toEqual(state);
  });

  it("is not refreshed again at once, however short it lives", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 * HOUR_MS }), (lifeMs) => {
        expect(tokenState({ ...fresh, accessExpiresAt: at(lifeMs) }, issued)).toEqual({ next: "use" });
      }),
    );
  });

  it("that expired is never handed out", () => {
    fc.assert(
      fc.property(fc.boolean(), fc.nat(9 * HOUR_MS), fc.nat(9 * HOUR_MS), (refreshable, lifeMs, lateMs) => {
        const state = tokenState({ ...fresh, refreshable, accessExpiresAt: at(lifeMs) }, at(lifeMs + lateMs));
        expect(state.next).not.toBe("use");
        if (state.next === "refresh") expect(state.usableMeanwhile).toBe(false);
      }),
    );
  });
});
