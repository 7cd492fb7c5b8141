import type { Log } from "@/server/platform/log";
import type { Fleet } from "../../fleet/types";
import type { Placed, Removal } from "../../sessions/types";
import { mayBeOurs } from "../rules";
import { COMPARED_ROWS, ORPHAN_AGE_MS, SCAN_ROWS, SETTLE_ROWS } from "../tunables";
import type { Carrier, RunStore } from "./store";

type Deps = {
  runs: Pick<RunStore, "bury" | "forget">;
  removal: Pick<Removal, "unknown" | "placed">;
  fleet: Pick<Fleet, "conversationsOn">;
  /** Every CLI server, whether it answers or not. */
  serverIds(): string[];
  log: Log;
};

const FIRST_UUID = "00000000-0000-0000-0000-000000000000";

function* slices<Item>(items: readonly Item[], size: number): Generator<Item[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}

/** Settles what only one side knows: conversations on CLI servers without a row are removed, and rows whose conversation
 *  no CLI server has begin a new one. Where a server does not answer, nothing is known about what it has, and that stays as
 *  it is. Ends early where `signal` aborts. */
export async function settleOrphans(
  { runs, removal, fleet, serverIds, log }: Deps,
  { carrier, now, signal }: { carrier: Carrier; now: Date; signal: AbortSignal },
): Promise<void> {
  const before = new Date(now.getTime() - ORPHAN_AGE_MS);
  const conversations = new Set<string>();
  const answered = new Set<string>();

  async function settleFiles(serverId: string): Promise<void> {
    const listed = await fleet.conversationsOn(serverId);
    // Servers that share a home folder list the same; they are removed through the first.
    const old = listed.filter(
      ({ id, modifiedAt }) =>
        !conversations.has(id) && mayBeOurs(id) && modifiedAt !== null && modifiedAt < before,
    );
    for (const { id } of listed) conversations.add(id);
    answered.add(serverId);
    for (const some of slices(old, COMPARED_ROWS)) {
      const unknown = await removal.unknown(some.map(({ id }) => id));
      for (const few of slices(unknown, SETTLE_ROWS)) {
        if (!signal.aborted) await runs.bury(carrier, serverId, few);
      }
    }
  }

  const isLost = ({ cliServer, cliSession }: Placed) =>
    answered.has(cliServer) && !conversations.has(cliSession);

  for (const serverId of serverIds()) {
    if (signal.aborted) return;
    await settleFiles(serverId).catch((error: unknown) =>
      log.warn({ serverId, err: error }, "conversations not compared"),
    );
  }
  if (answered.size === 0) return;
  for (let after = FIRST_UUID; !signal.aborted; ) {
    const placed = await removal.placed(after, before, SCAN_ROWS);
    for (const few of slices(placed.filter(isLost), SETTLE_ROWS)) await runs.forget(carrier, few);
    const last = placed.at(-1);
    if (!last || placed.length < SCAN_ROWS) return;
    after = last.id;
  }
}
