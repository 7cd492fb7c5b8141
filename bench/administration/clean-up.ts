import { setTimeout as sleep } from "node:timers/promises";
import type { RetentionRun, RetentionRuns } from "@/lib/contracts/retention";
import type { Db } from "@/server/db/client";
import type { FlightdeckArm } from "../arms/flightdeck-arm";
import type { FlightdeckClient } from "../arms/flightdeck-client";
import type { BenchSession, TurnTimes } from "../arms/types";

/** A run of the clean-up, and how turns went before it and while it went on. */
export type CleanUpResult = {
  sessions: number;
  events: number;
  ms: number;
  longestBatchMs: number;
  chats: number;
  quiet: TurnTimes[];
  during: TurnTimes[];
};

export type CleanUpOptions = {
  client: FlightdeckClient;
  arm: FlightdeckArm;
  db: Db;
  /** About so many sessions go. */
  wanted: number;
  quietSeconds: number;
};

const CHATS = 5;
const PROMPT = "count tokens=25 rate=50";
/** Between the turns of one chat. */
const PAUSE_MS = 200;
const POLL_MS = 500;
const RUN_MAX_MS = 20 * 60_000;
const DAY_MS = 86_400_000;

/** For so many whole days nothing has happened in `wanted` sessions, or in a few more. */
async function daysOf(db: Db, wanted: number): Promise<number> {
  const [oldest] = await db.copilotSession.findMany({
    select: { lastActivityAt: true },
    orderBy: { lastActivityAt: "asc" },
    skip: wanted - 1,
    take: 1,
  });
  if (!oldest) throw new Error(`There are no ${wanted} sessions.`);
  return Math.floor((Date.now() - oldest.lastActivityAt.getTime()) / DAY_MS);
}

async function chatUntil(session: BenchSession, signal: AbortSignal): Promise<TurnTimes[]> {
  const times: TurnTimes[] = [];
  while (!signal.aborted) {
    times.push(await session.turn(PROMPT));
    await sleep(PAUSE_MS);
  }
  return times;
}

async function chatAll(sessions: BenchSession[], signal: AbortSignal): Promise<TurnTimes[]> {
  return (await Promise.all(sessions.map((session) => chatUntil(session, signal)))).flat();
}

async function endOf(client: FlightdeckClient, id: string): Promise<RetentionRun> {
  for (const giveUp = AbortSignal.timeout(RUN_MAX_MS); !giveUp.aborted; await sleep(POLL_MS)) {
    const { items } = await client.call<RetentionRuns>("query", "admin.retention.runs", { limit: 5 });
    const run = items.find((each) => each.id === id);
    if (run && run.state !== "running") return run;
  }
  throw new Error("The clean-up did not end in time.");
}

/** Deletes the sessions that were idle for longest, while a few people chat. */
export async function measureCleanUp(options: CleanUpOptions): Promise<CleanUpResult> {
  const { client, arm, db, wanted, quietSeconds } = options;
  const rules = [{ kind: "idle", role: null, days: await daysOf(db, wanted), enabled: true }];
  await client.call("mutation", "admin.retention.update", { rules });
  const sessions = await Promise.all(Array.from({ length: CHATS }, () => arm.open()));
  for (const session of sessions) await session.turn(PROMPT);
  const quiet = await chatAll(sessions, AbortSignal.timeout(quietSeconds * 1_000));
  const over = new AbortController();
  const started = await client.call<RetentionRun>("mutation", "admin.retention.run", undefined);
  const chats = chatAll(sessions, over.signal);
  const run = await endOf(client, started.id).finally(() => over.abort());
  const during = await chats;
  await client.call("mutation", "admin.retention.update", { rules: [] });
  if (run.state !== "completed") throw new Error(`The clean-up failed: ${run.error ?? "without a reason"}`);
  return {
    ...{ sessions: run.sessions, events: run.events, longestBatchMs: run.longestBatchMs },
    ms: (run.endedAt?.getTime() ?? Number.NaN) - run.startedAt.getTime(),
    ...{ chats: CHATS, quiet, during },
  };
}
