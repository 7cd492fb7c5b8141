import type { CopilotSession, SessionEvent } from "@github/copilot-sdk";
import type { Clock } from "@/server/platform/clock";
import { isJournalBusy, isJournalMissing } from "./classify";
import type { Connection } from "./connection";
import { toSignal } from "./event-map";
import { JOURNAL_EVENTS, JOURNAL_RETRY_MS, JOURNAL_TRIES } from "./tunables";
import { turnOf } from "./turn-source";
import type { CopilotSignal, Recalled } from "./types";

const isFinal = ({ kind }: CopilotSignal) => kind === "message" || kind === "failed";

const isAnswerTo = (messageId: string | undefined, answer: { originatingMessageId?: string | undefined }) =>
  answer.originatingMessageId === undefined || answer.originatingMessageId === messageId;

/** What a session's journal says of a turn's prompt. Only the newest prompt is looked for: a session has one turn at a
 *  time. */
export function recalledIn(
  events: readonly SessionEvent[],
  turnId: string,
): { prompt: SessionEvent; said: CopilotSignal[] } | null {
  const index = events.findLastIndex((event) => event.type === "user.message" && event.agentId === undefined);
  const prompt = events[index];
  if (prompt?.type !== "user.message" || turnOf(prompt.data.source) !== turnId) return null;
  // A server that hung and wakes up may still write what it says to an older prompt.
  const { messageId } = prompt.data;
  const after = events
    .slice(index + 1)
    .filter((event) => event.type !== "assistant.message" || isAnswerTo(messageId, event.data));
  // A message in the middle of a turn asks for tools; the one that ends it does not.
  const isEnded = after.some(
    (event) =>
      event.type === "session.error" ||
      (event.type === "assistant.message" && !(event.data.toolRequests?.length ?? 0)),
  );
  const said = after.flatMap((event) => toSignal(event) ?? []).filter(isFinal);
  return { prompt, said: isEnded ? said : [] };
}

type Wanted = { sessionId: string; direction: "forward" | "backward"; max: number };

/** Events of a session's journal, from its beginning or its end; none where it has none, as before its first message. */
async function journalEvents(connection: Connection, wanted: Wanted, clock: Clock): Promise<SessionEvent[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { events } = await connection.call((client) => client.rpc.sessions.readPersistedEvents(wanted));
      return events;
    } catch (error) {
      if (isJournalMissing(error)) return [];
      if (!isJournalBusy(error) || attempt >= JOURNAL_TRIES) throw error;
      await clock.sleep(JOURNAL_RETRY_MS, connection.lost);
    }
  }
}

const COPY_NOTE = /\(([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\)\.?$/i;

/** Where a conversation is. `copied`: in the copy `to`, of which nobody may know. `split`: somebody copied it while
 *  somebody else went on with it, so neither has all of it. */
export type Whereabouts = { state: "whole" } | { state: "copied"; to: string } | { state: "split" };

/** Looks for a note of a copy. A server that copies what it has not in memory empties that journal but for the note (CLI
 *  1.0.85), so it cannot be copied twice. */
export async function whereabouts(
  connection: Connection,
  sessionId: string,
  clock: Clock,
): Promise<Whereabouts> {
  const read = (max: number) => journalEvents(connection, { sessionId, direction: "forward", max }, clock);
  const [first] = await read(1);
  if (first?.type !== "session.info" || first.data.infoType !== "fork") return { state: "whole" };
  const to = COPY_NOTE.exec(first.data.message)?.[1];
  const later = await read(JOURNAL_EVENTS);
  const wentOn = later.some(({ type }) => type === "user.message" || type === "assistant.message");
  return to === undefined || to === sessionId || wentOn ? { state: "split" } : { state: "copied", to };
}

/** A session that is attached on a connection. */
export type Held = { connection: Connection; session: CopilotSession; clock: Clock };

/** See `Attachment.recall`. */
export async function recall({ connection, session, clock }: Held, turnId: string): Promise<Recalled> {
  const [{ hasActiveWork }, events] = await Promise.all([
    connection.call(() => session.rpc.metadata.activity()),
    journalEvents(
      connection,
      { sessionId: session.sessionId, direction: "backward", max: JOURNAL_EVENTS },
      clock,
    ),
  ]);
  const found = recalledIn(events, turnId);
  if (!found) return { state: "absent" };
  if (hasActiveWork) return { state: "answering", said: found.said };
  if (found.said.length > 0) return { state: "answered", said: found.said };
  const eventId = found.prompt.id;
  return {
    state: "unfinished",
    async forget() {
      await connection.call(() => session.rpc.history.truncate({ eventId }));
    },
  };
}
