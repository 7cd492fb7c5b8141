import { countedTo } from "@/tests/chaos/history";
import type { Random } from "../core/random";

/** What a CLI server says in answer to a prompt: after `afterMs` comes an event; `isKept` where the journal keeps it. */
export type Said = { afterMs: number; type: string; data: Record<string, unknown>; isKept: boolean };

/** The prompt's own number tells what the model answers. */
const TOKENS = /tokens=(\d+)/;

const SLOW = 0.1;
const THINKS = 0.15;
const FAILS_ONCE = 0.12;
const FAILS = 0.05;
const STALLS = 0.03;

/** Draws one answer: text in pieces, with pauses, sometimes after thoughts, sometimes from the start again after a
 *  model call that failed, sometimes none. */
export function drawAnswer(prompt: string, promptId: string, random: Random): Said[] {
  const text = countedTo(Number(TOKENS.exec(prompt)?.[1] ?? 0));
  const paceMs = random.chance(SLOW) ? random.spread(300, 1_500) : random.spread(2, 150);
  const afterMs = () => (random.chance(STALLS) ? random.spread(500, 5_000) : random.between(0, paceMs));
  const said = (type: string, data: Said["data"], isKept = false): Said => ({
    ...{ afterMs: afterMs(), type, data, isKept },
  });
  const messageId = () => `m-${random.uuid().slice(0, 8)}`;

  const pieces = (id: string, until: number) => {
    const events: Said[] = [];
    for (let from = 0; from < until; ) {
      const to = Math.min(until, from + random.whole(1, 8));
      events.push(said("assistant.message_delta", { messageId: id, deltaContent: text.slice(from, to) }));
      from = to;
    }
    return events;
  };

  const events: Said[] = [];
  const thought = random.chance(THINKS) ? `r-${random.uuid().slice(0, 8)}` : null;
  if (thought) events.push(said("assistant.reasoning_delta", { reasoningId: thought, deltaContent: "Hm, " }));
  if (random.chance(FAILS_ONCE)) {
    events.push(...pieces(messageId(), random.whole(0, text.length)));
    events.push(said("model.call_failure", { statusCode: 503 }));
  }
  if (random.chance(FAILS)) {
    const data = { errorType: "query", message: "Failed to get response", statusCode: 500 };
    return [...events, said("session.error", data, true)];
  }
  const id = messageId();
  events.push(...pieces(id, text.length));
  events.push(said("assistant.usage", { model: "model-1", inputTokens: 1, outputTokens: text.length }));
  const whole = { messageId: id, content: text, originatingMessageId: promptId, toolRequests: [] };
  events.push(said("assistant.message", whole, true));
  if (thought) events.push(said("assistant.reasoning", { reasoningId: thought, content: "Hm, so." }));
  return events;
}
