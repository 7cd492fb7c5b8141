import type { Folded, WireEvent } from "@/lib/events/wire";
import type { Evidence, Received } from "../history";
import { hashOf } from "../history";
import { groupBy, type Violation } from "./violation";

const foldedOf = (event: WireEvent): Folded => ("folded" in event.data ? event.data.folded : []);

const watchersOf = (received: Received[]) =>
  groupBy(received, ({ watcher, sessionId }) => `${watcher} ${sessionId}`);

/** Every watcher saw the numbers of a session grow, and none twice. */
export function checkOrder({ history }: Evidence): Violation[] {
  return [...watchersOf(history.received).values()].flatMap((rows) =>
    rows.flatMap(({ seq, watcher, sessionId }, index) => {
      const before = rows[index - 1]?.seq ?? 0;
      return seq > before
        ? []
        : [{ check: "order" as const, sessionId, detail: `${watcher} got ${seq} after ${before}` }];
    }),
  );
}

/** The numbers up to the last one that are neither among `events` nor explained by a later one of them. */
function unexplained(events: readonly WireEvent[]): number[] {
  const known = new Set<number>();
  for (const event of events) {
    known.add(event.seq);
    for (const [first, last] of foldedOf(event)) {
      for (let seq = first; seq <= Math.min(last, event.seq); seq++) known.add(seq);
    }
  }
  const newest = events.reduce((most, { seq }) => Math.max(most, seq), 0);
  return Array.from({ length: newest }, (_, index) => index + 1).filter((seq) => !known.has(seq));
}

/** The log has no gaps; every watcher got every event that is stored, and nothing that is neither stored nor folded
 *  away. */
export function checkComplete({ history, logs }: Evidence): Violation[] {
  const byLog = groupBy(history.received, ({ sessionId }) => sessionId);
  return logs.flatMap(({ sessionId, events }) => {
    const wrong = (detail: string): Violation => ({ check: "complete", sessionId, detail });
    const gaps = unexplained(events);
    const stored = new Map(events.map((event) => [event.seq, event]));
    const folded = new Set(
      events.flatMap((event) =>
        foldedOf(event).flatMap(([first, last]) =>
          Array.from({ length: last - first + 1 }, (_, n) => first + n),
        ),
      ),
    );
    const watchers = groupBy(byLog.get(sessionId) ?? [], ({ watcher }) => watcher);
    const seen = [...watchers].flatMap(([watcher, rows]) => {
      const got = new Set(rows.map(({ seq }) => seq));
      const lost = [...stored.keys()].filter((seq) => !got.has(seq));
      const invented = [...got].filter((seq) => !stored.has(seq) && !folded.has(seq));
      const missing = unexplained(rows.map(({ event }) => event));
      return [
        ...(lost.length > 0 ? [wrong(`${watcher} never got ${lost}`)] : []),
        ...(invented.length > 0 ? [wrong(`${watcher} got ${invented}, which the log does not know`)] : []),
        ...(missing.length > 0 ? [wrong(`${watcher} is left without an explanation for ${missing}`)] : []),
      ];
    });
    return [...(gaps.length > 0 ? [wrong(`the log has gaps at ${gaps}`)] : []), ...seen];
  });
}

/** One number of a session is one event, for every watcher and in the log. */
export function checkSame({ history, logs }: Evidence): Violation[] {
  const known = new Map<string, string>();
  for (const { sessionId, events } of logs) {
    for (const event of events) known.set(`${sessionId} ${event.seq}`, hashOf(event));
  }
  return history.received.flatMap(({ sessionId, seq, hash, watcher }) => {
    const first = known.get(`${sessionId} ${seq}`) ?? hash;
    known.set(`${sessionId} ${seq}`, first);
    return first === hash
      ? []
      : [{ check: "same" as const, sessionId, detail: `${watcher} got another event ${seq} than others` }];
  });
}
