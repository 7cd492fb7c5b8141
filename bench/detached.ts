import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { CopilotClient, CopilotSession } from "@github/copilot-sdk";
import { linearRegression, shuffle } from "simple-statistics";
import { createDb, type Db } from "@/server/db/client";
import { residentBytes } from "@/server/platform/processes";
import { createFlightdeckArm, type FlightdeckSession } from "./arms/flightdeck-arm";
import type { FlightdeckClient } from "./arms/flightdeck-client";
import { sessionOptions, startClient } from "./arms/sdk-arm";
import { openCliProbe } from "./cli-probe";
import type { BenchStack } from "./stack";

/** Bytes that a session has left behind, or holds, after a collection: in the app in use, in the CLI server resident,
 *  because part of it is not of JavaScript. */
export type Held = { appBytes: number; cliBytes: number };

export type DetachedResult = {
  /** Sessions, each with a turn, that the growth was measured over, after `warmUp` others. */
  sessions: number;
  warmUp: number;
  perAttached: Held;
  perDetached: Held;
  /** Milliseconds from the prompt to the first token on a session that was not attached, by the SDK's own
   *  `resumeSession` and by Flightdeck. */
  wakes: { sdkMs: number[]; flightdeckMs: number[] };
};

type Options = {
  stack: BenchStack;
  client: FlightdeckClient;
  gitHubToken: string;
  /** Sessions that are opened before: the app keeps the newest events of the 200 last ones, and heaps grow at first. */
  warmUp: number;
  /** Sessions of each round, after which all of them are detached. */
  sessions: number;
  rounds: number;
  wakes: number;
  random(): number;
};

const PROMPT = "count tokens=50 rate=0";
const OPENED_AT_ONCE = 5;
const SETTLE_MS = 2_000;
/** Every process has looked which servers are draining by then. */
const LOOKED_MS = 3_000;
const DETACH_TIMEOUT_MS = 60_000;

/** Has every idle session leave its CLI server, as before an operator's restart, and then takes the server back. It
 *  is the same detaching that idle time brings about, without the wait. */
async function detachAll(db: Db): Promise<void> {
  const heads = await db.sessionHead.findMany({
    distinct: ["cliServer"],
    select: { cliServer: true },
    where: { cliServer: { not: null } },
  });
  const servers = heads.flatMap(({ cliServer }) => cliServer ?? []);
  const setDraining = async (draining: boolean) => {
    for (const id of servers) {
      await db.cliServer.upsert({ where: { id }, create: { id, draining }, update: { draining } });
    }
  };
  await setDraining(true);
  const deadline = performance.now() + DETACH_TIMEOUT_MS;
  while ((await db.sessionHead.count({ where: { leaseOwner: { not: null } } })) > 0) {
    if (performance.now() > deadline) throw new Error("Idle sessions did not leave a draining server.");
    await sleep(200);
  }
  await setDraining(false);
  await sleep(LOOKED_MS);
}

async function openMany(count: number, open: () => Promise<FlightdeckSession>): Promise<FlightdeckSession[]> {
  const opened: FlightdeckSession[] = [];
  while (opened.length < count) {
    const size = Math.min(OPENED_AT_ONCE, count - opened.length);
    opened.push(...(await Promise.all(Array.from({ length: size }, open))));
  }
  return opened;
}

const firstTurn = async (session: FlightdeckSession) => {
  await session.turn(PROMPT);
  return session;
};

/** Time to the first token after the SDK's own resume of a session that no client has attached. */
async function resumeBySdk(client: CopilotClient, sessionId: string, gitHubToken: string): Promise<number> {
  const startedAt = performance.now();
  const session: CopilotSession = await client.resumeSession(sessionId, sessionOptions(gitHubToken));
  let firstTokenMs = Number.NaN;
  const unsubscribe = session.on("assistant.message_delta", () => {
    firstTokenMs = performance.now() - startedAt;
    unsubscribe();
  });
  await session.sendAndWait({ prompt: PROMPT });
  await session.disconnect();
  return firstTokenMs;
}

async function measureWakes(options: Options, db: Db): Promise<DetachedResult["wakes"]> {
  const { stack, client, gitHubToken, wakes, random } = options;
  const arm = createFlightdeckArm(client, stack.appPid);
  const sessions = await openMany(wakes, async () => firstTurn(await arm.open()));
  const sdk = await startClient(stack.cli, { noDelay: true });
  const ids: string[] = [];
  for (let n = 0; n < wakes; n += 1) {
    const session = await sdk.createSession({ sessionId: randomUUID(), ...sessionOptions(gitHubToken) });
    await session.sendAndWait({ prompt: PROMPT });
    ids.push(session.sessionId);
    await session.disconnect();
  }
  await detachAll(db);
  const sdkMs: number[] = [];
  const flightdeckMs: number[] = [];
  for (const [index, session] of sessions.entries()) {
    const both = [
      async () => void sdkMs.push(await resumeBySdk(sdk, ids[index] ?? "", gitHubToken)),
      async () => void flightdeckMs.push((await session.turn(PROMPT)).firstTokenMs),
    ];
    for (const wake of shuffle(both, random)) await wake();
  }
  await sdk.stop();
  for (const session of sessions) await session.close();
  return { sdkMs, flightdeckMs };
}

/** The growth of what is held with each session, in bytes. */
function slopeOf(reads: readonly Held[], sessions: number): Held {
  const slope = (key: keyof Held) =>
    linearRegression(reads.map((held, round) => [round * sessions, held[key]])).m;
  return { appBytes: slope("appBytes"), cliBytes: slope("cliBytes") };
}

/** What sessions leave behind in the app and in the CLI server once they are detached, and how long waking one takes. */
export async function measureDetached(options: Options): Promise<DetachedResult> {
  const { stack, client, sessions, warmUp, rounds } = options;
  const db = createDb(stack.databaseUrl);
  const arm = createFlightdeckArm(client, stack.appPid);
  const cliProbe = await openCliProbe(stack.cli.pid);
  const read = async (): Promise<Held> => {
    await sleep(SETTLE_MS);
    await cliProbe.collect();
    const { liveBytes } = await stack.probe.memory();
    return { appBytes: liveBytes, cliBytes: residentBytes(stack.cli.pid) };
  };
  const all: FlightdeckSession[] = [];
  const openIdle = async (count: number) => {
    const opened = await openMany(count, async () => {
      const session = await firstTurn(await arm.open());
      session.unwatch();
      return session;
    });
    all.push(...opened);
  };
  try {
    await openIdle(warmUp);
    await detachAll(db);
    const detached = [await read()];
    let attached = detached[0] as Held;
    for (let round = 0; round < rounds; round += 1) {
      await openIdle(sessions);
      attached = await read();
      await detachAll(db);
      detached.push(await read());
    }
    // What the last round held before it was let go.
    const before = detached.at(-2) ?? attached;
    const perAttached = {
      appBytes: (attached.appBytes - before.appBytes) / sessions,
      cliBytes: (attached.cliBytes - before.cliBytes) / sessions,
    };
    const wakes = await measureWakes(options, db);
    for (const session of all) await session.close();
    return {
      ...{ sessions: rounds * sessions, warmUp, perAttached, wakes },
      perDetached: slopeOf(detached, sessions),
    };
  } finally {
    cliProbe.close();
    await db.$disconnect();
  }
}
