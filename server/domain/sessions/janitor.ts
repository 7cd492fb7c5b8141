import type { Clock } from "@/server/platform/clock";
import type { Log } from "@/server/platform/log";
import type { Fleet } from "../fleet/types";
import type { SessionStore } from "./store";
import { JANITOR_BATCH_ROWS, JANITOR_EVERY_MS, JANITOR_RETRY_MS } from "./tunables";

type Deps = { store: SessionStore; fleet: Fleet; clock: Clock; log: Log };

/** Removes the files of conversations that nobody needs from the CLI servers, until `signal` aborts. A removal that fails is
 *  tried again after `JANITOR_RETRY_MS`; a server that left the configuration took its files with it. */
export async function runJanitor({ store, fleet, clock, log }: Deps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const due = await store.takeTombstones(JANITOR_BATCH_ROWS, JANITOR_RETRY_MS).catch(() => []);
    for (const { sessionId, cliServer } of due) {
      try {
        await fleet.find(cliServer)?.deleteSession(sessionId);
        await store.buryTombstone(sessionId);
      } catch (error) {
        log.warn({ sessionId, cliServer, err: error }, "session files not removed yet");
      }
    }
    await clock.sleep(JANITOR_EVERY_MS, signal);
  }
}
