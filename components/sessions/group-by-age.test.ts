import { describe, expect, test } from "vitest";
import type { SessionSummary } from "@/lib/contracts/sessions";
import { groupByAge } from "./group-by-age";

const now = new Date(2026, 2, 10, 0, 30);
const session = (id: string, lastActivityAt: Date): SessionSummary => ({
  id,
  title: id,
  model: null,
  archived: false,
  activeTurn: null,
  lastSeq: 0,
  createdAt: lastActivityAt,
  lastActivityAt,
});

describe("groups of the session list", () => {
  test.each([
    [new Date(2026, 2, 10, 0, 10), "Today"],
    [new Date(2026, 2, 11, 9, 0), "Today"],
    [new Date(2026, 2, 9, 23, 59), "Yesterday"],
    [new Date(2026, 2, 8, 23, 59), "Previous 7 days"],
    [new Date(2026, 2, 3, 0, 0), "Previous 7 days"],
    [new Date(2026, 2, 2, 23, 59), "Older"],
    [new Date(2020, 0, 1), "Older"],
  ])("%s is under %s", (at, label) => {
    expect(groupByAge([session("a", at)], now)).toEqual([{ label, sessions: [session("a", at)] }]);
  });

  test("keeps the order it is given and leaves empty groups out", () => {
    const rows = [session("a", now), session("b", new Date(2026, 1, 1)), session("c", new Date(2026, 0, 1))];
    expect(groupByAge(rows, now).map((group) => [group.label, group.sessions.map(({ id }) => id)])).toEqual([
      ["Today", ["a"]],
      ["Older", ["b", "c"]],
    ]);
  });
});
