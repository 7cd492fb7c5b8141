import { setTimeout as sleep } from "node:timers/promises";
import type { SessionSummary } from "@/lib/contracts/sessions";
import { createFlightdeckArm } from "./arms/flightdeck-arm";
import type { FlightdeckClient } from "./arms/flightdeck-client";
import type { MemoryUse } from "./probe";
import type { BenchStack } from "./stack";

/** Bytes for each further one, in use after a garbage collection and resident. */
export type MemoryResult = {
  sessions: number;
  watches: number;
  perIdleSession: MemoryUse;
  perOpenWatch: MemoryUse;
};

type Options = { stack: BenchStack; client: FlightdeckClient; sessions: number; watches: number };

const PROMPT = "count tokens=50 rate=0";
const OPENED_AT_ONCE = 5;
/** Ends of connections and finished turns need a moment to be forgotten. */
const SETTLE_MS = 1_500;

const each = (after: MemoryUse, before: MemoryUse, count: number): MemoryUse => ({
  liveBytes: (after.liveBytes - before.liveBytes) / count,
  residentBytes: (after.residentBytes - before.residentBytes) / count,
});

/** What a session without a turn and without a watcher costs in the app (its place on the CLI server is kept), and
 *  what an open watch costs. */
export async function measureMemory(options: Options): Promise<MemoryResult> {
  const { stack, client, sessions, watches } = options;
  const arm = createFlightdeckArm(client, stack.appPid);
  const read = async () => {
    await sleep(SETTLE_MS);
    return stack.probe.memory();
  };

  async function openIdle(count: number): Promise<string[]> {
    const ids: string[] = [];
    for (let done = 0; done < count; done += OPENED_AT_ONCE) {
      const batch = Array.from({ length: Math.min(OPENED_AT_ONCE, count - done) }, async () => {
        const session = await arm.open();
        await session.turn(PROMPT);
        session.unwatch();
        return session.id;
      });
      ids.push(...(await Promise.all(batch)));
    }
    return ids;
  }

  // What the first ones cost once (compiled code, caches) is nobody's.
  const warmUp = await openIdle(sessions);
  const before = await read();
  const idle = await openIdle(sessions);
  const withSessions = await read();

  const { id } = await client.call<SessionSummary>("mutation", "sessions.create", {});
  for (let n = 0; n < watches; n += 1) (await client.watch(id, () => {})).close();
  const beforeWatches = await read();
  const open = [];
  for (let n = 0; n < watches; n += 1) open.push(await client.watch(idle[n % idle.length] ?? id, () => {}));
  const withWatches = await read();
  for (const watch of open) watch.close();

  for (const sessionId of [...warmUp, ...idle, id]) {
    await client.call("mutation", "sessions.delete", { sessionId });
  }
  return {
    sessions,
    watches,
    perIdleSession: each(withSessions, before, sessions),
    perOpenWatch: each(withWatches, beforeWatches, watches),
  };
}
