import type { Bell } from "@/server/db/bell";
import type { OwnerId } from "@/server/platform/scope";
import { type EventLog, runnerTopic } from "../sessions/types";
import { endedData } from "./rules";
import { endSql, noteInAppend, type StopNote, type TurnRow, type TurnStore } from "./store";

type Deps = { store: TurnStore; log: EventLog; bell: Bell };

type Stop = {
  owner: OwnerId;
  turn: Pick<TurnRow, "id" | "sessionId" | "status">;
  note?: StopNote | undefined;
};

/** Has an active turn of `owner` stop: at once where it waits, else by its runner, in whatever process that is. `note` is
 *  done together with that, exactly once. */
export async function stopTurn({ store, log, bell }: Deps, { owner, turn, note }: Stop): Promise<void> {
  const { id, sessionId } = turn;
  if (turn.status === "queued") {
    const ended = await log.append({
      sessionId,
      guard: { owner },
      first: endSql({ turnId: id, from: "queued", status: "aborted", firstTextAt: null }),
      events: [{ type: "turn.ended", turnId: id, data: endedData({ status: "aborted" }) }],
      ...(note && { also: [noteInAppend(note)] }),
    });
    bell.ring(sessionId);
    // Who has it waiting has nothing to wait for any more.
    bell.ring(runnerTopic(sessionId));
    if (ended.won) return;
  }
  // Running, or just started.
  await store.requestAbort(owner, id, note);
  bell.ring(runnerTopic(sessionId));
}
