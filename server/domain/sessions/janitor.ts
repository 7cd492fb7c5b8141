import type { Clock } from "@/server/platform/clock";
import type { Log } from "@/server/platform/log";
import type { Fleet } from "../fleet/types";
import type { SessionStore } from "./store";
import {
  JANITOR_BATCH_ROWS,
  JANITOR_EVERY_MS,
  JANITOR_REST,
  JANITOR_REST_MAX_MS,
  JANITOR_RETRY_MS,
} from "./tunables";

type Tombstone = { sessionId: string; cliServer: string };
type Deps = { store: SessionStore; fleet: Fleet; clock: Clock; log: Log };

/** Removes the files of conversations that nobody needs from the CLI servers, until `signal` aborts. A removal that fails is
 *  tried again after `JANITOR_RETRY_MS`; a server that left the configuration took its files with it.
 *  Where more is due than it takes at once, it goes on as long as all of it works; but one after the other and with a rest
 *  after each, because people's sessions are on the same server. */
export async function runJanitor({ store, fleet, clock, log }: Deps, signal: AbortSignal): Promise<void> {
  async function remove({ sessionId, cliServer }: Tombstone): Promise<boolean> {
    try {
      await fleet.find(cliServer)?.deleteSession(sessionId);
      return true;
    } catch (error) {
      log.warn({ sessionId, cliServer, err: error }, "session files not removed yet");
      return false;
    }
  }

  /** Those whose files are gone. */
  async function removeAll(due: Tombstone[]): Promise<string[]> {
    const removed: string[] = [];
    for (const each of due) {
      if (signal.aborted) break;
      const startedAt = clock.monotonicMs();
      if (await remove(each)) removed.push(each.sessionId);
      const tookMs = clock.monotonicMs() - startedAt;
      await clock.sleep(Math.min(tookMs * JANITOR_REST, JANITOR_REST_MAX_MS), signal);
    }
    return removed;
  }

  while (!signal.aborted) {
    const due = await store.takeTombstones(JANITOR_BATCH_ROWS, JANITOR_RETRY_MS).catch(() => []);
    const removed = await removeAll(due);
    const isBuried = await store.buryTombstones(removed).then(
      () => true,
      () => false,
    );
    const isBehind = isBuried && removed.length === JANITOR_BATCH_ROWS;
    if (!isBehind) await clock.sleep(JANITOR_EVERY_MS, signal);
  }
}
