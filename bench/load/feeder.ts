// Appends events as a worker does: the event log of Flightdeck on its own connections, and then the bell.
import { randomUUID } from "node:crypto";
import pino from "pino";
import { createBell } from "@/server/db/bell";
import { createDb } from "@/server/db/client";
import { createEventLog } from "@/server/domain/sessions/event-log";
import { systemClock } from "@/server/platform/clock";
import { answerParent } from "./child";
import { createNotes } from "./marks";
import { eventsIn, keepPace, type Pace, textEvent } from "./pace";

type Feed = { url: string; sessionIds: string[]; pace: Pace };

/** Nobody has taken the lease of these sessions. */
const FENCE = 0;

async function feed({ url, sessionIds, pace }: Feed): Promise<Float64Array> {
  const db = createDb(url);
  const bell = createBell({
    url,
    processId: randomUUID(),
    clock: systemClock,
    log: pino({ level: "silent" }),
  });
  const log = createEventLog(db, systemClock);
  const turnId = randomUUID();
  const notes = createNotes(eventsIn(pace));
  const appends: Promise<void>[] = [];
  async function append(stream: number): Promise<void> {
    const sessionId = sessionIds[stream] ?? "";
    const appended = await log.append({ sessionId, guard: { fence: FENCE }, events: [textEvent(turnId)] });
    if (!appended.won) throw new Error("somebody else drives a session of the load");
    for (const { seq } of appended.events) notes.add(stream, seq);
    bell.ring(sessionId);
  }
  await bell.ready;
  await keepPace(pace, (stream) => appends.push(append(stream)));
  await Promise.all(appends);
  // What was rung last is still on its way.
  await systemClock.sleep(500);
  await bell.stop();
  await db.$disconnect();
  return notes.take();
}

const commands = { feed };
export type FeederCommands = typeof commands;
answerParent(commands);
