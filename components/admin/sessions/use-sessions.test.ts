import { describe, expect, it } from "vitest";
import { withOrder } from "./use-sessions";

describe("the order of a list by dates", () => {
  const NONE = { created: null, active: null };

  it("is that of the date that was chosen alone", () => {
    expect(withOrder(NONE, { created: "before-month" })).toEqual({
      ...{ created: "before-month", sort: "createdAt" },
    });
    expect(withOrder(NONE, { active: "within-week" })).toEqual({
      ...{ active: "within-week", sort: "lastActivityAt" },
    });
  });

  it("stays where both are chosen, and where something else is", () => {
    expect(withOrder({ ...NONE, active: "within-week" }, { created: "before-month" })).toEqual({
      created: "before-month",
    });
    expect(withOrder({ ...NONE, created: "before-month" }, { q: "billing" })).toEqual({ q: "billing" });
    expect(withOrder({ ...NONE, created: "before-month" }, { created: null })).toEqual({ created: null });
  });
});
