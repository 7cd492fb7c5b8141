import { type Fault, type History, isText, type Received } from "../history";
import { groupBy } from "./violation";

/** How long a watcher of a turn saw no text because of a fault. */
export type Gap = { fault: Fault; watcher: string; turnId: string; ms: number };

/** A turn as one watcher saw it. */
export type SeenTurn = { watcher: string; turnId: string; rows: Received[] };

/** The longest silence of each watcher of a turn that was under way when a fault came: from the fault, or from a piece
 *  of text after it, to the next piece of text or the turn's end. What came after the next fault is that one's. A
 *  silence that nothing ended is infinite. `isAffected` leaves out turns that the fault did not touch. */
export function gapsOf(
  { received, faults }: History,
  isAffected: (turn: SeenTurn, fault: Fault) => boolean,
): Gap[] {
  const turns = [
    ...groupBy(
      received,
      ({ watcher, sessionId, event }) => `${watcher} ${sessionId} ${event.turnId}`,
    ).values(),
  ];
  return turns.flatMap((rows) => {
    const [first] = rows;
    const turnId = first?.event.turnId;
    if (!first || turnId === undefined) return [];
    const turn: SeenTurn = { watcher: first.watcher, turnId, rows };
    const endMs = rows.find(({ event }) => event.type === "turn.ended")?.atMs ?? Number.POSITIVE_INFINITY;
    return faults.flatMap((fault, index) => {
      if (fault.atMs <= first.atMs || fault.atMs >= endMs || !isAffected(turn, fault)) return [];
      const untilMs = faults[index + 1]?.atMs ?? Number.POSITIVE_INFINITY;
      return [{ fault, watcher: first.watcher, turnId, ms: longestSilence(turn, fault.atMs, untilMs) }];
    });
  });
}

function longestSilence({ rows }: SeenTurn, fromMs: number, untilMs: number): number {
  const times = rows.filter(({ event, atMs }) => atMs > fromMs && isText(event)).map(({ atMs }) => atMs);
  const last = rows.at(-1)?.event.type === "turn.ended" ? [] : [Number.POSITIVE_INFINITY];
  const points = [fromMs, ...times, ...last];
  return points.reduce(
    (longest, atMs, index) =>
      index > 0 && (points[index - 1] ?? 0) < untilMs
        ? Math.max(longest, atMs - (points[index - 1] ?? 0))
        : longest,
    0,
  );
}
