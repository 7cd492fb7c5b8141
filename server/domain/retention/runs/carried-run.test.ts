import { expect, it, vi } from "vitest";
import type { Prisma } from "@/server/db/client";
import { createManualClock } from "@/tests/fakes/clock";
import { weightOf } from "../rules";
import {
  BATCH_AIM_MS,
  BATCH_LIMIT_MS,
  BATCH_REST,
  BATCH_ROWS_FIRST,
  BATCH_ROWS_MAX,
  BATCH_ROWS_MIN,
} from "../tunables";
import { CarriedRun } from "./carried-run";
import type { Removed, RemoveRequest } from "./store";

const RULE = { id: "r", kind: "age", role: null, days: 1, enabled: true } as const;
const EVENTS = 6;
const WEIGHT = weightOf({ events: EVENTS });
const SESSIONS = 1_200;

/** Deletes sessions of which `answer` tells how long each batch takes and what becomes of it. */
async function run(answer: (request: RemoveRequest) => { tookMs: number; removed?: Removed }) {
  let elapsedMs = 0;
  const requests: RemoveRequest[] = [];
  const slept: number[] = [];
  const found = Array.from({ length: SESSIONS }, (_, n) => ({
    ...{ id: `${n}`, at: new Date(n), lastSeq: EVENTS, events: EVENTS },
  }));
  const ring = vi.fn();
  const carried = new CarriedRun(
    {
      store: { rules: async () => [RULE], scan: async () => found, goesBy: () => ({}) as Prisma.Sql },
      removal: { emptying: async () => [], empty: async () => true },
      runs: {
        async remove(_, request, begun) {
          elapsedMs += BATCH_LIMIT_MS;
          begun();
          requests.push(request);
          const { tookMs, removed = request.sessions.map(({ id }) => id) } = answer(request);
          elapsedMs += tookMs;
          return removed;
        },
      },
      bell: { ring },
      clock: {
        ...createManualClock(),
        monotonicMs: () => elapsedMs,
        sleep: async (ms) => void slept.push(ms),
      },
    },
    { runId: "run", processId: "p" },
    new AbortController().signal,
  );
  const isDone = await carried.deleteAll();
  const rows = requests.map(({ sessions }) => sessions.reduce((sum, each) => sum + weightOf(each), 0));
  return { isDone, requests, rows, slept, longestMs: carried.longestMs, ring };
}

it("batches grow while they are quick, and each leaves more time than it took", async () => {
  const { rows, slept, longestMs, isDone, ring } = await run(() => ({ tookMs: 1 }));
  expect(rows[0]).toBe(BATCH_ROWS_FIRST);
  expect(rows.slice(0, 3)).toEqual([BATCH_ROWS_FIRST, BATCH_ROWS_FIRST * 2, BATCH_ROWS_MAX]);
  expect(Math.max(...rows)).toBe(BATCH_ROWS_MAX);
  expect([new Set(slept), longestMs, isDone]).toEqual([new Set([BATCH_REST]), 1, true]);
  expect(ring).toHaveBeenCalledTimes(SESSIONS * 2);
});

it("batches shrink while they are slow, down to a bound below which they may take their time", async () => {
  const { rows, requests, longestMs } = await run(() => ({ tookMs: BATCH_AIM_MS + 1 }));
  expect(rows.slice(0, 2)).toEqual([BATCH_ROWS_FIRST, BATCH_ROWS_FIRST / 2]);
  expect(new Set(rows.slice(2, -1))).toEqual(new Set([BATCH_ROWS_MIN - (BATCH_ROWS_MIN % WEIGHT)]));
  expect([requests[0]?.limitMs, requests.at(-1)?.limitMs]).toEqual([BATCH_LIMIT_MS, 0]);
  expect(longestMs).toBe(BATCH_AIM_MS + 1);
});

it("what was undone because it took too long comes again, in smaller batches", async () => {
  const removed = new Set<string>();
  const { isDone, requests } = await run(({ sessions, limitMs }) => {
    if (limitMs > 0) return { tookMs: BATCH_LIMIT_MS, removed: "too_long" };
    for (const { id } of sessions) removed.add(id);
    return { tookMs: BATCH_LIMIT_MS };
  });
  expect([isDone, removed.size]).toEqual([true, SESSIONS]);
  expect(requests.map(({ limitMs }) => limitMs).slice(0, 3)).toEqual([BATCH_LIMIT_MS, BATCH_LIMIT_MS, 0]);
});

it("a process that lost its run deletes nothing more", async () => {
  const { isDone, requests, ring } = await run(() => ({ tookMs: 1, removed: "lost" }));
  expect([isDone, requests.length]).toEqual([false, 1]);
  expect(ring).not.toHaveBeenCalled();
});
