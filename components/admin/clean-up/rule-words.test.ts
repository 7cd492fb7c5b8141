import { expect, test } from "vitest";
import { type DraftRule, isSame, rulesOf, ruleText } from "./rule-words";

const draft = (change: Partial<DraftRule> = {}): DraftRule => ({
  ...{ key: "a", kind: "idle", role: null, days: "90", enabled: true },
  ...change,
});

test("a rule reads as a sentence", () => {
  expect(ruleText({ kind: "archived", role: "user", days: 30 })).toBe("Users' sessions archived for 30 days");
  expect(ruleText({ kind: "never_used", role: null, days: 1 })).toBe(
    "Everybody's sessions without a prompt for 1 day",
  );
});

test.each(["", " ", "x", "0", "-1", "1.5", "3651"])("a rule for %j days cannot be saved", (days) => {
  expect(rulesOf([draft(), draft({ days })])).toBeNull();
});

test("drafts become rules in their order, without what only the page knows", () => {
  expect(rulesOf([draft({ days: " 7 " }), draft({ key: "b", kind: "age", role: "admin" })])).toEqual([
    { kind: "idle", role: null, days: 7, enabled: true },
    { kind: "age", role: "admin", days: 90, enabled: true },
  ]);
});

test("only a change counts as one", () => {
  const stored = [{ kind: "idle", role: null, days: 90, enabled: true } as const];
  expect(isSame([draft()], stored)).toBe(true);
  expect(isSame([draft({ days: "91" })], stored)).toBe(false);
  expect(isSame([draft({ enabled: false })], stored)).toBe(false);
  expect(isSame([draft(), draft()], stored)).toBe(false);
});
