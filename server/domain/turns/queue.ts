import type { Bell } from "@/server/db/bell";
import type { Clock } from "@/server/platform/clock";
import type { OwnerId } from "@/server/platform/scope";
import type { Tasks } from "@/server/platform/tasks";
import type { Fleet } from "../fleet/types";
import { type EventLog, runnerTopic, WAITING_TOPIC } from "../sessions/types";
import { type Admission, placeSql, type QueuePlace, type TurnStore } from "./store";
import { CONGESTED_MS, SWEEP_ROWS } from "./tunables";
import type { Limits } from "./types";

type Deps = {
  store: TurnStore;
  log: EventLog;
  bell: Bell;
  fleet: Fleet;
  clock: Clock;
  tasks: Tasks;
  limits: Limits;
};

type Waiting = { turnId: string; fence: number };

/** The turns that have to wait, until others end. Which may start is decided in the database, in the statement that
 *  starts it, for all processes alike; here is who looks when, and what those that wait are told. */
export type Queue = {
  /** What decides whether a turn may start. `preferredId`: the server that has its session in reach. */
  admission(turn: { turnId: string; owner: OwnerId; preferredId: string | null }): Admission;
  /** The turn of a session that this process drives was not admitted: people are told its place. False, and nothing
   *  is noted, where it does not wait any more. */
  enter(sessionId: string, waiting: Waiting): Promise<boolean>;
  /** The session waits no more, or is not this process's any more. */
  leave(sessionId: string): void;
  has(sessionId: string): boolean;
  /** The sessions that wait in this process. */
  waiting(): string[];
  /** A turn of this process has ended: whoever waits for its room is woken. */
  turnEnded(): void;
  /** Wakes those that may start now, in whatever process, and tells those that wait here their new place. */
  look(): Promise<void>;
};

export function createQueue({ store, log, bell, fleet, clock, tasks, limits }: Deps): Queue {
  const waiting = new Map<string, Waiting>();
  let congestedUntil = Number.NEGATIVE_INFINITY;
  const isCongested = () => waiting.size > 0 || clock.monotonicMs() < congestedUntil;

  bell.listen(WAITING_TOPIC, () => {
    congestedUntil = clock.monotonicMs() + CONGESTED_MS;
  });

  async function wakeNext(): Promise<void> {
    for (const { sessionId } of await store.next(fleet.forTurns(), limits, SWEEP_ROWS)) {
      bell.ring(runnerTopic(sessionId));
    }
  }

  async function tell(sessionId: string, fence: number, place: QueuePlace): Promise<void> {
    const { turnId, position, isNext } = place;
    const told = await log.append({
      sessionId,
      guard: { fence },
      first: placeSql(turnId, position),
      events: [
        {
          type: "turn.queued",
          turnId,
          data: { position, reason: isNext ? "servers_busy" : "person_limit" },
        },
      ],
    });
    if (told.won) bell.ring(sessionId);
  }

  async function tellPlaces(): Promise<void> {
    const turnIds = [...waiting.values()].map(({ turnId }) => turnId);
    for (const place of await store.places(turnIds, limits)) {
      const known = waiting.get(place.sessionId);
      if (known?.turnId === place.turnId) await tell(place.sessionId, known.fence, place);
    }
  }

  return {
    admission: (turn) => ({ ...turn, servers: fleet.forTurns(), limits }),
    async enter(sessionId, entering) {
      const [place] = await store.places([entering.turnId], limits);
      if (!place) return false;
      waiting.set(sessionId, entering);
      bell.ringOthers(WAITING_TOPIC);
      await tell(sessionId, entering.fence, place);
      return true;
    },
    leave: (sessionId) => void waiting.delete(sessionId),
    has: (sessionId) => waiting.has(sessionId),
    waiting: () => [...waiting.keys()],
    turnEnded() {
      if (!isCongested()) return;
      tasks.run("queue", wakeNext);
    },
    async look() {
      if (!isCongested()) return;
      if (waiting.size > 0) bell.ringOthers(WAITING_TOPIC);
      await wakeNext();
      await tellPlaces();
    },
  };
}
