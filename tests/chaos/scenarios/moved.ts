import type { SeenTurn } from "../checks/gaps";
import type { Fault } from "../history";

/** A turn that was on the server of a fault says so within this time. */
const MOVE_MAX_MS = 30_000;

/** True where a fault of a CLI server hit the turn: the next thing that happened to its place was a move away from that
 *  server, or the turn ended without an answer. */
export function wasMoved({ rows }: SeenTurn, fault: Fault): boolean {
  const next = rows.find(
    ({ event, atMs }) =>
      atMs > fault.atMs &&
      (event.type === "session.moved" || (event.type === "turn.ended" && event.data.outcome !== "succeeded")),
  );
  if (!next || next.atMs > fault.atMs + MOVE_MAX_MS) return false;
  return (
    next.event.type === "turn.ended" ||
    (next.event.type === "session.moved" && next.event.data.from === fault.target)
  );
}
