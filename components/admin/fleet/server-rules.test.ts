import { expect, test } from "vitest";
import type { ServerRow } from "@/lib/contracts/fleet";
import { leavesNone, takersOf } from "./server-rules";

const server = (id: string, change: Partial<ServerRow> = {}): ServerRow => ({
  ...{
    id,
    address: id,
    source: "settings",
    state: "ready",
    draining: false,
    restarting: false,
    isSpare: false,
  },
  ...{ version: null, latencyMs: null, activeTurns: 0, turnsMax: 8, attachedSessions: 0, sessions: 0 },
  ...{ memoryBytes: null, children: null, pid: null, upSince: null, lostTimes: 0, lastError: null },
  quarantinedUntil: null,
  ...change,
});

test.each([
  [{}, true],
  [{ state: "quarantined" }, true],
  [{ state: "down" }, false],
  [{ state: "starting" }, false],
  [{ draining: true }, false],
  [{ restarting: true }, false],
] as const)("a server that is %j takes turns: %s", (change, expected) => {
  expect(takersOf([server("a", change)]).length > 0).toBe(expected);
});

test("who would leave no server for new turns is warned", () => {
  const fleet = [server("a"), server("b"), server("c", { state: "down" })];
  const [a, b, c] = fleet as [ServerRow, ServerRow, ServerRow];
  expect(leavesNone(fleet, [a])).toBe(false);
  expect(leavesNone(fleet, [a, c])).toBe(false);
  expect(leavesNone(fleet, [a, b])).toBe(true);
});

test("where no server takes turns already, nothing gets worse", () => {
  const drained = server("a", { draining: true });
  expect(leavesNone([drained], [drained])).toBe(false);
});

test("a spare gets new turns only where no other server does, a quarantined one only where no spare does", () => {
  const fleet = [server("a"), server("b", { isSpare: true }), server("c", { state: "quarantined" })];
  const takers = (from: number) => takersOf(fleet.slice(from)).map(({ id }) => id);
  expect([takers(0), takers(1), takers(2)]).toEqual([["a"], ["b"], ["c"]]);
});
