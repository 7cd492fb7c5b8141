import type { WireEvent } from "@/lib/events/wire";
import type { Bell } from "@/server/db/bell";
import type { Clock } from "@/server/platform/clock";
import type { EventLog } from "../sessions/types";
import { failed, type Outcome } from "./rules";
import type { ActiveTurn, TurnStore } from "./store";
import { TAKE_UPS_MAX } from "./tunables";
import { createTurnWriter } from "./writer";

type Deps = { log: EventLog; store: TurnStore; bell: Bell; clock: Clock };

/** `lost`: a newer fence exists, or the turn has ended meanwhile. */
export type TakenUp = { state: "goes_on"; stored: WireEvent[] } | { state: "ended" } | { state: "lost" };

const PAGE_ROWS = 1_000;

/** Takes a running turn whose runner is gone over, under `fence`, the caller's own and newer one. It goes on, unless
 *  a stop was asked for, or it was taken up `TAKE_UPS_MAX` times already: then it is ended, with its text kept. */
export async function takeUp(deps: Deps, turn: ActiveTurn, fence: number): Promise<TakenUp> {
  const takeUps = await deps.store.takeUp(turn.sessionId, turn.id, fence);
  if (takeUps === null) return { state: "lost" };
  const stored = await storedOf(deps.log, turn);
  const outcome: Outcome | null = turn.abortRequestedAt
    ? { status: "aborted" }
    : takeUps > TAKE_UPS_MAX
      ? failed("interrupted")
      : null;
  if (!outcome) return { state: "goes_on", stored };
  const target = { sessionId: turn.sessionId, turnId: turn.id, fence };
  const ended = await createTurnWriter(deps, target, stored).finish(outcome);
  return { state: ended ? "ended" : "lost" };
}

async function storedOf(log: EventLog, turn: ActiveTurn): Promise<WireEvent[]> {
  const stored: WireEvent[] = [];
  let afterSeq = turn.seq;
  for (;;) {
    const page = await log.read(turn.sessionId, { afterSeq, limit: PAGE_ROWS });
    stored.push(...page.filter((event) => event.turnId === turn.id));
    afterSeq = page.at(-1)?.seq ?? afterSeq;
    if (page.length < PAGE_ROWS) return stored;
  }
}
