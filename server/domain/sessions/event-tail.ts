import type { WireEvent } from "@/lib/events/wire";
import { TAIL_EVENT_CHARS_MAX, TAIL_EVENTS_MAX, TAIL_SESSIONS_MAX } from "./tunables";

/** `run`: events without a hole. `newest`: the highest number seen, which a run can lack. */
type Tail = { run: WireEvent[]; newest: number };

/** The newest events that this process itself appended, so its watchers need not read them back. A cache of
 *  committed rows only: losing it costs a query, never an event. */
export class EventTail {
  readonly #sessions = new Map<string, Tail>();

  /** Adds events that were just committed. */
  push(sessionId: string, events: WireEvent[]): void {
    const known = this.#sessions.get(sessionId);
    const next = events[0];
    const last = known?.run.at(-1);
    if (!next) return;
    // Two appends can finish out of order, and others may have appended in between: keep one unbroken run.
    const goesOn = known && last && last.seq + 1 === next.seq;
    // With a turn its streamed text ends: its rows are replaced by the message that comes with the end.
    const ends = events.some(({ type }) => type === "turn.ended");
    const run = goesOn && !ends ? known.run : [];
    run.push(...events);
    const newest = Math.max(known?.newest ?? 0, next.seq + events.length - 1);
    if (run.length > TAIL_EVENTS_MAX) run.splice(0, run.length - TAIL_EVENTS_MAX);
    this.#sessions.delete(sessionId);
    if (events.some(isLarge)) return;
    this.#sessions.set(sessionId, { run, newest });
    if (this.#sessions.size > TAIL_SESSIONS_MAX) {
      const oldest = this.#sessions.keys().next().value;
      if (oldest !== undefined) this.#sessions.delete(oldest);
    }
  }

  /** The events after `seq`: none, where the newest that this process appended is `seq`. Null where it cannot tell. */
  after(sessionId: string, seq: number): WireEvent[] | null {
    const known = this.#sessions.get(sessionId);
    const first = known?.run[0];
    if (!known || !first || seq + 1 < first.seq || seq > known.newest) return null;
    const events = known.run.slice(seq + 1 - first.seq);
    return events.length > 0 || seq === known.newest ? events : null;
  }
}

function isLarge(event: WireEvent): boolean {
  switch (event.type) {
    case "user.message":
    case "assistant.message":
    case "assistant.reasoning":
      return event.data.content.length > TAIL_EVENT_CHARS_MAX;
    case "assistant.delta":
    case "assistant.reasoning_delta":
      return event.data.text.length > TAIL_EVENT_CHARS_MAX;
    default:
      return false;
  }
}
