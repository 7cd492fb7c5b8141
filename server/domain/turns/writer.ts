import { AppError } from "@/lib/errors/app-error";
import type { NewEvent, WireEvent } from "@/lib/events/wire";
import type { CopilotSignal } from "@/server/copilot/types";
import type { Bell } from "@/server/db/bell";
import type { Clock } from "@/server/platform/clock";
import type { EventLog } from "../sessions/types";
import { TurnDraft } from "./draft";
import { endedData, isAnswerText, nextDeltaWait, type Outcome, storedTextAt } from "./rules";
import { endSql } from "./store";
import { DELTA_WAIT_FIRST_MS, FINISHED_WAIT_MS, WRITE_RETRY_EVERY_MS, WRITE_RETRY_MAX_MS } from "./tunables";

type Deps = { log: EventLog; bell: Bell; clock: Clock };
type Target = {
  sessionId: string;
  turnId: string;
  fence: number;
};

/** Writes one running turn's events: in order, by one writer, under the runner's fence. */
export type TurnWriter = Pick<TurnDraft, "joinLate" | "replay" | "replayEnd" | "restart"> & {
  /** Takes a signal; it is stored soon. Never blocks. */
  accept(signal: CopilotSignal): void;
  /** Adds an event that does not come from the CLI. */
  add(event: NewEvent): void;
  /** Aborts when a newer fence exists (or the session is gone): nothing more can be written. */
  lost: AbortSignal;
  /** Stores what is pending, and nothing more: somebody else goes on. */
  leave(): Promise<void>;
  /** Stores what is pending, keeps unfinished text as a partial message, and ends the turn, in one statement.
   *  False, and nothing is stored, where the fence was lost or the turn has ended. */
  finish(outcome: Outcome): Promise<boolean>;
};

/** True where the database did not answer, so that it may later. */
export const isDatabaseAway = (error: unknown): boolean =>
  error instanceof AppError && error.code === "database_unavailable";

/** `stored`: what the log has of the turn already, all of it, where another writer began it. */
export function createTurnWriter(deps: Deps, target: Target, stored: readonly WireEvent[]): TurnWriter {
  const { log, bell, clock } = deps;
  const { sessionId, turnId, fence } = target;
  const draft = new TurnDraft(turnId);
  draft.restore(stored);
  const lost = new AbortController();
  let closing = false;
  let wakeUp = () => {};
  let flushedAt = Number.NEGATIVE_INFINITY;
  let waitMs = DELTA_WAIT_FIRST_MS;
  let heardAt = Number.NEGATIVE_INFINITY;
  // Where another writer began the turn, as near as what it stored tells.
  let firstTextAt = storedTextAt(stored);

  // The database may be away for a moment: what was heard stays in memory and is written when it is back.
  async function write(
    request: Omit<Parameters<EventLog["append"]>[0], "sessionId" | "guard">,
  ): Promise<void> {
    const deadline = clock.monotonicMs() + WRITE_RETRY_MAX_MS;
    let isUnsure = false;
    for (;;) {
      try {
        // The answer that was lost may have been a yes.
        const already = isUnsure ? await log.findWritten(sessionId, draft.lastSeq, request.events) : null;
        if (already) return draft.stored(already);
        const appended = await log.append({ sessionId, guard: { fence }, ...request });
        if (appended.won) draft.stored(appended.events);
        else lost.abort();
        return;
      } catch (error) {
        if (!isDatabaseAway(error) || clock.monotonicMs() > deadline) throw error;
        isUnsure = true;
        await clock.sleep(WRITE_RETRY_EVERY_MS);
      }
    }
  }

  async function flush(): Promise<void> {
    flushedAt = clock.monotonicMs();
    waitMs = nextDeltaWait(waitMs, draft.pieces);
    const { events, fold } = draft.take();
    if (events.length === 0) return;
    await write({ events, fold });
    bell.ring(sessionId);
  }

  // Text waits a little so that several tokens share a row, and a finished text so that it shares the statement that
  // ends the turn.
  function dueIn(): number {
    if (draft.isEmpty) return Number.POSITIVE_INFINITY;
    if (draft.isUrgent) return 0;
    const dueAt = draft.isFinished ? heardAt + FINISHED_WAIT_MS : flushedAt + waitMs;
    return dueAt - clock.monotonicMs();
  }

  async function pause(): Promise<void> {
    while (!closing && !lost.signal.aborted) {
      const dueInMs = dueIn();
      if (dueInMs <= 0) return;
      if (dueInMs === Number.POSITIVE_INFINITY) {
        await new Promise<void>((resolve) => {
          wakeUp = resolve;
        });
      } else {
        // More of the same text changes nothing about when it is due, and an abort is not free.
        const early = new AbortController();
        wakeUp = () => {
          if (draft.isUrgent || closing) early.abort("woken");
        };
        await clock.sleep(dueInMs, early.signal);
      }
    }
  }

  const loop = (async () => {
    while (!closing && !lost.signal.aborted) {
      await pause();
      if (!closing) await flush();
    }
  })();
  // A failure to write is reported by `finish`; until then it only stops the loop.
  loop.catch(() => lost.abort());

  async function close(): Promise<void> {
    closing = true;
    wakeUp();
    await loop;
  }

  return {
    lost: lost.signal,
    accept(signal) {
      heardAt = clock.monotonicMs();
      if (firstTextAt === null && isAnswerText(signal)) firstTextAt = clock.now();
      draft.accept(signal);
      wakeUp();
    },
    add(event) {
      draft.add(event);
      wakeUp();
    },
    joinLate: () => draft.joinLate(),
    replay(signals) {
      if (firstTextAt === null && signals.some(isAnswerText)) firstTextAt = clock.now();
      draft.replay(signals);
      wakeUp();
    },
    replayEnd(signals) {
      const isTaken = draft.replayEnd(signals);
      wakeUp();
      return isTaken;
    },
    restart: () => draft.restart(),
    async leave() {
      await close();
      if (!lost.signal.aborted) await flush();
    },
    async finish(outcome) {
      await close();
      if (lost.signal.aborted) return false;
      draft.settle();
      draft.add({ type: "turn.ended", turnId, data: endedData(outcome) });
      const { events, fold } = draft.take();
      const { code, message } = endedData(outcome);
      const first = endSql({ turnId, from: "running", status: outcome.status, code, message, firstTextAt });
      await write({ events, fold, first });
      bell.ring(sessionId);
      return !lost.signal.aborted;
    },
  };
}
