import type { WireEvent } from "@/lib/events/wire";
import type { Bell } from "@/server/db/bell";
import type { Clock } from "@/server/platform/clock";
import { FOLLOW_ROWS_MAX, WATCH_PAGE_ROWS, WATCH_POLL_MS, WATCH_RECHECK_MS } from "./tunables";
import type { EventLog } from "./types";

export type WatchOptions = {
  afterSeq: number;
  signal: AbortSignal;
  stillAllowed(): Promise<boolean>;
  /** The bell's topic at whose ring that is asked at once. */
  allowedTopic?: string;
  /** When it is asked as well, because what allows it may end then. */
  allowedUntil?: Date | null;
};

type Deps = { log: EventLog; bell: Bell; clock: Clock };

/** A number in [0, 1) that is another for each session: ids end in random hexadecimal digits. */
const phaseOf = (sessionId: string): number => Number.parseInt(sessionId.slice(-4), 16) / 16 ** 4;

/** Listens, replays, follows: every event after `afterSeq` once and in order. The bell is listened to before the
 *  history is read, and the cursor only grows, so nothing is missed or repeated. */
export async function* watchLog(
  deps: Deps,
  sessionId: string,
  options: WatchOptions,
): AsyncGenerator<WireEvent[]> {
  const { log, bell, clock } = deps;
  const { signal, stillAllowed, allowedUntil } = options;
  let cursor = options.afterSeq;
  // True until a page has shown the end of the history.
  let behind = true;
  // True where rows may be there that this process did not append itself.
  let mustRead = true;
  let wake = () => {};
  let rung = false;
  const unlisten = bell.listen(sessionId, ({ remote }) => {
    rung = true;
    mustRead ||= remote;
    wake();
  });
  let mustCheck = false;
  const unlistenAllowed = options.allowedTopic
    ? bell.listen(options.allowedTopic, () => {
        mustCheck = true;
        wake();
      })
    : () => {};
  const onAbort = () => wake();
  signal.addEventListener("abort", onAbort, { once: true });

  /** What comes next; null where the session is gone, which is only looked at where it may be. */
  async function next(mayBeGone: boolean): Promise<WireEvent[] | null> {
    if (!mustRead) {
      const recent = log.recent(sessionId, cursor);
      if (recent && (recent.length > 0 || !mayBeGone)) return recent;
    }
    mustRead = false;
    if (behind) {
      const page = await log.read(sessionId, { afterSeq: cursor, limit: WATCH_PAGE_ROWS });
      behind = page.length === WATCH_PAGE_ROWS;
      mustRead ||= behind;
      if (page.length > 0 || !mayBeGone) return page;
    }
    const events = await log.follow(sessionId, cursor);
    behind = events?.length === FOLLOW_ROWS_MAX;
    mustRead ||= behind;
    return events;
  }

  let endsAtMs = allowedUntil
    ? clock.monotonicMs() + allowedUntil.getTime() - clock.now().getTime()
    : Number.POSITIVE_INFINITY;

  // One look a poll, however often it is rung meanwhile: a timer for each wake would cost more than the wake.
  const polling = new AbortController();
  let isPolling = false;
  async function poll(): Promise<void> {
    isPolling = true;
    await clock.sleep(Math.min(WATCH_POLL_MS, Math.max(0, endsAtMs - clock.monotonicMs())), polling.signal);
    isPolling = false;
    mustRead = true;
    wake();
  }

  // Watches that were opened together, as after a restart, are not all checked together.
  let checkedAt = clock.monotonicMs() - WATCH_RECHECK_MS * phaseOf(sessionId);
  try {
    while (!signal.aborted) {
      const wasRung = rung;
      rung = false;
      const nowMs = clock.monotonicMs();
      const due = mustCheck || nowMs - checkedAt >= WATCH_RECHECK_MS || nowMs >= endsAtMs;
      mustCheck = false;
      if (nowMs >= endsAtMs) endsAtMs = Number.POSITIVE_INFINITY;
      // A ring without a new row is what a deleted session leaves; the ring itself can be lost.
      const batch = await next(wasRung || due);
      if (!batch) return;
      if (due) {
        checkedAt = clock.monotonicMs();
        if (!(await stillAllowed())) return;
      }
      const last = batch.at(-1);
      if (last) {
        cursor = last.seq;
        yield batch;
      }
      // These may have come meanwhile, and are not announced again.
      if (rung || mustRead || mustCheck || signal.aborted) continue;
      if (!isPolling) void poll();
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    unlisten();
    unlistenAllowed();
    signal.removeEventListener("abort", onAbort);
    polling.abort("ended");
  }
}
