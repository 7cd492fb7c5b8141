import type { WireEvent } from "@/lib/events/wire";
import type { Bell } from "@/server/db/bell";
import type { Clock } from "@/server/platform/clock";
import { WATCH_PAGE_ROWS, WATCH_POLL_MS, WATCH_RECHECK_MS } from "./tunables";
import type { EventLog } from "./types";

export type WatchOptions = {
  afterSeq: number;
  signal: AbortSignal;
  stillAllowed(): Promise<boolean>;
};

type Deps = { log: EventLog; bell: Bell; clock: Clock; exists(sessionId: string): Promise<boolean> };

/** Listens, replays, follows: every event after `afterSeq` once and in order. The bell is listened to before the
 *  history is read, and the cursor only grows, so nothing is missed or repeated. */
export async function* watchLog(
  deps: Deps,
  sessionId: string,
  options: WatchOptions,
): AsyncGenerator<WireEvent[]> {
  const { log, bell, clock } = deps;
  const { signal, stillAllowed } = options;
  let cursor = options.afterSeq;
  // True where rows may be there that this process did not append itself.
  let mustRead = true;
  let wake = () => {};
  let rung = false;
  // Rung since the log was last seen to have nothing new.
  let woken = false;
  const unlisten = bell.listen(sessionId, ({ remote }) => {
    rung = true;
    mustRead ||= remote;
    wake();
  });

  async function next(): Promise<WireEvent[]> {
    if (!mustRead) {
      const recent = log.recent(sessionId, cursor);
      if (recent) return recent;
    }
    mustRead = false;
    const page = await log.read(sessionId, { afterSeq: cursor, limit: WATCH_PAGE_ROWS });
    if (page.length === WATCH_PAGE_ROWS) mustRead = true;
    return page;
  }

  let checkedAt = clock.monotonicMs();
  try {
    while (!signal.aborted) {
      woken ||= rung;
      rung = false;
      const batch = await next();
      const last = batch.at(-1);
      const due = clock.monotonicMs() - checkedAt >= WATCH_RECHECK_MS;
      if (due) {
        checkedAt = clock.monotonicMs();
        if (!(await stillAllowed())) return;
      }
      if (last) {
        cursor = last.seq;
        // These rows are what it was rung for. Should a deletion have rung at the same moment, the next check tells.
        woken = false;
        yield batch;
        continue;
      }
      // A ring without a new row is what a deleted session leaves; the ring itself can be lost.
      if ((woken || due) && !(await deps.exists(sessionId))) return;
      woken = false;
      // Both may have come while the rows were read, and are not announced again.
      if (rung || signal.aborted) continue;
      const waiting = new AbortController();
      // With a reason, because making the default one (a DOMException) costs more than the rest of a wake.
      const end = () => waiting.abort("woken");
      wake = end;
      signal.addEventListener("abort", end, { once: true });
      await clock.sleep(WATCH_POLL_MS, waiting.signal);
      signal.removeEventListener("abort", end);
      mustRead ||= !rung;
    }
  } finally {
    unlisten();
  }
}
