import type { WireEvent } from "@/lib/events/wire";
import type { EventLog } from "../sessions/types";
import { MEMORY_CHARS_MAX } from "./tunables";

const PAGE_ROWS = 1_000;

const HEADING =
  "The conversation so far, which happened before this session was started again on another server. Go on with it as if you had been there:";

/** The conversation before event `beforeSeq` as a text for the model, from the log; its newest `MEMORY_CHARS_MAX`
 *  characters. Null where nothing was said. */
export async function memoryOf(
  log: Pick<EventLog, "read">,
  sessionId: string,
  beforeSeq: number,
): Promise<string | null> {
  const events: WireEvent[] = [];
  let afterSeq = 0;
  for (;;) {
    const page = await log.read(sessionId, { afterSeq, limit: PAGE_ROWS });
    events.push(...page.filter(({ seq }) => seq < beforeSeq));
    afterSeq = page.at(-1)?.seq ?? afterSeq;
    if (page.length < PAGE_ROWS || afterSeq >= beforeSeq) break;
  }
  return transcript(events);
}

/** Prompts and answers as people see them. */
export function transcript(events: readonly WireEvent[]): string | null {
  const retracted = new Set(
    events.flatMap((event) => (event.type === "assistant.retracted" ? [event.data.messageId] : [])),
  );
  const lines = events.flatMap((event) => {
    if (event.type === "user.message") return [`User: ${event.data.content}`];
    if (event.type !== "assistant.message" || retracted.has(event.data.messageId)) return [];
    return [`Assistant: ${event.data.content}`];
  });
  const text = lines.join("\n\n");
  return text === "" ? null : `${HEADING}\n\n${text.slice(-MEMORY_CHARS_MAX)}`;
}
