import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { SessionSummary } from "@/lib/contracts/sessions";
import type { FlightdeckClient } from "./arms/flightdeck-client";
import { startBenchChild } from "./load/child";
import type { FeederCommands } from "./load/feeder";
import { delaysBetween } from "./load/marks";
import { eventsIn, type Pace } from "./load/pace";
import type { PlainSseCommands } from "./load/plain-sse";
import type { WatcherCommands } from "./load/watchers";
import { busyShare, cpuSeconds, machineTime, pinToOneCore } from "./processes";
import type { BenchStack } from "./stack";

/** What a server did with the load: CPU seconds of its process for each event and the share of the whole machine's time
 *  that was work, a round each, and all delays. */
export type LoadArm = { cpuPerEvent: number[]; machineBusy: number[]; delaysMs: number[] };
export type WatchLoadResult = {
  streams: number;
  perSecond: number;
  /** False where the machine cannot pin processes: then the servers were free to use every core. */
  pinned: boolean;
  plain: LoadArm;
  flightdeck: LoadArm;
};

type Options = {
  stack: BenchStack;
  client: FlightdeckClient;
  streams: number;
  rounds: number;
  seconds: number;
};

const EVENTS_PER_SECOND = 20;
const WARM_UP_MS = 3_000;
/** After this time everything that was sent has arrived, or was lost. */
const ARRIVAL_MS = 1_000;
const CREATED_AT_ONCE = 10;

/** One server under the load, with clients of its own. */
type Side = { arm: LoadArm; pid(): number; feed(pace: Pace): Promise<Float64Array>; clients: Clients };
type Clients = ReturnType<typeof startBenchChild<WatcherCommands>>;

async function runRound({ arm, pid, feed, clients }: Side, pace: Pace): Promise<void> {
  await clients.ask("take");
  const before = cpuSeconds(pid());
  const machineBefore = machineTime();
  const sent = await feed(pace);
  const cpu = cpuSeconds(pid()) - before;
  arm.machineBusy.push(busyShare(machineBefore, machineTime()));
  await sleep(ARRIVAL_MS);
  const received = await clients.ask("take");
  arm.cpuPerEvent.push(cpu / eventsIn(pace));
  arm.delaysMs.push(...delaysBetween(sent, received));
}

async function createSessions(client: FlightdeckClient, count: number): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < count) {
    const batch = Array.from({ length: Math.min(CREATED_AT_ONCE, count - ids.length) }, () =>
      client.call<SessionSummary>("mutation", "sessions.create", {}),
    );
    ids.push(...(await Promise.all(batch)).map(({ id }) => id));
  }
  return ids;
}

/** `streams` watched sessions that get 20 events a second each, next to a plain Node server that writes the same
 *  frames at the same rate; in turns, each on one core. The events are appended by another process, as by a worker,
 *  so the app does nothing but serve: it hears the bell, reads the log and writes to the watchers. */
export async function measureWatchLoad(options: Options): Promise<WatchLoadResult> {
  const { stack, client, streams, rounds, seconds } = options;
  const sessionIds = await createSessions(client, streams);
  const feeder = startBenchChild<FeederCommands>("feeder");
  const server = startBenchChild<PlainSseCommands>("plain-sse");
  const children: { stop(): Promise<void> }[] = [feeder, server];
  const pins = [pinToOneCore(stack.appPid()), pinToOneCore(server.pid)];
  const pace: Pace = { streams, perSecond: EVENTS_PER_SECOND, ms: seconds * 1_000 };

  async function side(where: { port: number; host: string; paths: string[] }): Promise<Clients> {
    const clients = startBenchChild<WatcherCommands>("watchers");
    children.push(clients);
    await clients.ask("open", { ...where, cookie: client.cookieHeader(), eventsMax: 2 * eventsIn(pace) });
    return clients;
  }

  try {
    const app = new URL(stack.appUrl);
    const turnId = randomUUID();
    const plainPort = await server.ask("listen");
    const sides: Record<"plain" | "flightdeck", Side> = {
      plain: {
        arm: { cpuPerEvent: [], machineBusy: [], delaysMs: [] },
        pid: () => server.pid,
        feed: (each) => server.ask("feed", { turnId, pace: each }),
        clients: await side({
          port: plainPort,
          host: "localhost",
          paths: sessionIds.map((_, index) => `/${index}`),
        }),
      },
      flightdeck: {
        arm: { cpuPerEvent: [], machineBusy: [], delaysMs: [] },
        pid: stack.appPid,
        feed: (each) => feeder.ask("feed", { url: stack.databaseUrl, sessionIds, pace: each }),
        clients: await side({
          port: Number(app.port),
          host: app.host,
          paths: sessionIds.map((sessionId) => client.watchPath(sessionId)),
        }),
      },
    };
    for (const each of Object.values(sides)) await each.feed({ ...pace, ms: WARM_UP_MS });
    for (let round = 0; round < rounds; round += 1) {
      for (const each of Object.values(sides)) await runRound(each, pace);
    }
    return {
      ...{ streams, perSecond: EVENTS_PER_SECOND, pinned: pins.every(({ pinned }) => pinned) },
      plain: sides.plain.arm,
      flightdeck: sides.flightdeck.arm,
    };
  } finally {
    for (const { release } of pins) release();
    await Promise.all(children.map((child) => child.stop()));
    for (const sessionId of sessionIds) await client.call("mutation", "sessions.delete", { sessionId });
  }
}
