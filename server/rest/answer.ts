import { AppError } from "@/lib/errors/app-error";
import type { EventData } from "@/lib/events/wire";
import type { createCaller } from "@/server/trpc/root";
import type { WatchedEvents } from "@/server/trpc/watched-events";

type Caller = { sessions: Pick<Sessions, "watch">; turns: Pick<Turns, "get"> };
type Sessions = ReturnType<typeof createCaller>["sessions"];
type Turns = ReturnType<typeof createCaller>["turns"];

/** `seq`: the number of the prompt's event. */
type Sent = { sessionId: string; turnId: string; seq: number };

function refusalOf({ outcome, code, message }: EventData<"turn.ended">, ids: Record<string, string>) {
  if (outcome === "aborted") return new AppError("turn_aborted", { details: ids });
  return new AppError("turn_failed", {
    details: { ...ids, ...(code && { failure: code }), ...(message && { reason: message }) },
  });
}

/** The last message of a turn's answer, as soon as the turn has ended; found by its session's watch. Throws `turn_failed`
 *  with the turn's own code in `failure`, and `turn_aborted`. Where the caller's signal aborts before, `answer_late`;
 *  where the process is asked to end, `shutting_down`; where the turn was deleted, `turn_not_found`; where the caller may
 *  have no more streams, `too_many_streams`. */
export async function answerOf(
  caller: Caller,
  { sessionId, turnId, seq }: Sent,
  stopping: AbortSignal,
): Promise<string> {
  const ids = { sessionId, turnId };
  const watched: unknown = await caller.sessions.watch({ sessionId, lastEventId: String(seq) });
  let content = "";
  for await (const batch of (watched as WatchedEvents).batches) {
    for (const event of batch) {
      if (event.turnId !== turnId) continue;
      if (event.type === "assistant.message") content = event.data.content;
      if (event.type !== "turn.ended") continue;
      if (event.data.outcome === "succeeded") return content;
      throw refusalOf(event.data, ids);
    }
  }
  if (stopping.aborted) throw new AppError("shutting_down", { details: ids });
  await caller.turns.get({ turnId });
  throw new AppError("answer_late", { details: ids });
}
