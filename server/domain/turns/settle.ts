import { toRanges } from "@/lib/events/ranges";
import type { NewEvent } from "@/lib/events/wire";
import type { Bell } from "@/server/db/bell";
import type { EventLog } from "../sessions/types";
import { endedData, failed } from "./rules";
import { type ActiveTurn, endSql } from "./store";

type Deps = { log: EventLog; bell: Bell };
type Text = { type: "message" | "reasoning"; text: string; seqs: number[] };

const PAGE_ROWS = 1_000;

/** Ends a turn whose runner is gone as `failed: interrupted`, keeping the text that had arrived as partial
 *  messages. `fence` is the caller's own, newer one. False, and nothing is done, where a newer fence exists
 *  meanwhile or the turn has ended. */
export async function settleAbandoned(
  { log, bell }: Deps,
  turn: ActiveTurn,
  fence: number,
): Promise<boolean> {
  const { sessionId, id: turnId } = turn;
  const texts = new Map<string, Text>();
  const add = (type: Text["type"], id: string, { seq, data }: { seq: number; data: { text: string } }) => {
    const known = texts.get(id) ?? { type, text: "", seqs: [] };
    known.text += data.text;
    known.seqs.push(seq);
    texts.set(id, known);
  };
  let afterSeq = turn.seq;
  for (;;) {
    const page = await log.read(sessionId, { afterSeq, limit: PAGE_ROWS });
    for (const event of page) {
      if (event.type === "assistant.delta") add("message", event.data.messageId, event);
      if (event.type === "assistant.reasoning_delta") {
        add("reasoning", event.data.reasoningId, event);
      }
    }
    afterSeq = page.at(-1)?.seq ?? afterSeq;
    if (page.length < PAGE_ROWS) break;
  }

  const kept = [...texts].map(([id, { type, text, seqs }]): NewEvent => {
    const folded = toRanges(seqs);
    return type === "message"
      ? { type: "assistant.message", turnId, data: { messageId: id, content: text, partial: true, folded } }
      : { type: "assistant.reasoning", turnId, data: { reasoningId: id, content: text, folded } };
  });
  const outcome = failed("interrupted");
  const ended = endedData(outcome);
  const settled = await log.append({
    sessionId,
    guard: { fence },
    events: [...kept, { type: "turn.ended", turnId, data: ended }],
    fold: [...texts.values()].flatMap(({ seqs }) => seqs),
    first: endSql({ turnId, from: "running", status: "failed", code: ended.code, message: ended.message }),
  });
  if (settled.won) bell.ring(sessionId);
  return settled.won;
}
