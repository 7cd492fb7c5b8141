import type { EventData, WireEvent } from "@/lib/events/wire";
import type { Transcript, TranscriptPart, TranscriptTurn, TurnUsage } from "./transcript";

/** The transcript after `event`. Pure. An event that was already applied (`seq <= lastSeq`) changes nothing, so
 *  a reconnecting reader may be sent events twice. Numbers may jump: what is missing was folded into a later event. */
export function reduceEvent(state: Transcript, event: WireEvent): Transcript {
  if (event.seq <= state.lastSeq) return state;
  const next = { ...state, lastSeq: event.seq };

  if (event.type === "session.updated") return { ...next, session: { ...state.session, ...event.data } };
  if (event.type === "session.read") {
    const read = { seq: event.seq, afterTurnId: state.turns.at(-1)?.turnId ?? null, at: event.at };
    return { ...next, reads: [...state.reads, { ...read, ...event.data }] };
  }
  if (event.turnId === undefined) return next;
  if (event.type === "user.message") return { ...next, turns: withPrompt(state.turns, event, event.turnId) };

  const index = state.turns.findLastIndex((turn) => turn.turnId === event.turnId);
  const turn = state.turns[index];
  if (!turn) return next;
  return { ...next, turns: state.turns.with(index, reduceTurn(turn, event)) };
}

/** Applies events in order. Same guarantees as `reduceEvent`. */
export function reduceEvents(state: Transcript, events: Iterable<WireEvent>): Transcript {
  let next = state;
  for (const event of events) next = reduceEvent(next, event);
  return next;
}

type PromptEvent = Extract<WireEvent, { type: "user.message" }>;
type TurnEvent = Exclude<WireEvent, { type: "user.message" | "session.updated" | "session.read" }>;

function withPrompt(
  turns: readonly TranscriptTurn[],
  event: PromptEvent,
  turnId: string,
): readonly TranscriptTurn[] {
  const retryOf = event.data.retryOf ?? null;
  const turn: TranscriptTurn = {
    turnId,
    promptSeq: event.seq,
    prompt: event.data.content,
    status: "queued",
    model: null,
    identity: null,
    retryOf,
    supersededBy: null,
    parts: [],
    notice: null,
    remark: null,
    usage: null,
    failure: null,
    queuedAt: event.at,
    startedAt: null,
    endedAt: null,
  };
  const earlier = turns.map((each) => (each.turnId === retryOf ? { ...each, supersededBy: turnId } : each));
  return [...earlier, turn];
}

function reduceTurn(turn: TranscriptTurn, event: TurnEvent): TranscriptTurn {
  switch (event.type) {
    case "turn.queued":
      return { ...turn, notice: queueNotice(event.data) };
    case "turn.started":
      return {
        ...turn,
        status: "running",
        notice: null,
        model: event.data.model ?? turn.model,
        identity: event.data.identity ?? "user",
        startedAt: event.at,
      };
    case "assistant.delta":
      return grow(
        turn,
        { kind: "message", id: event.data.messageId },
        { text: event.data.text, seq: event.seq },
      );
    case "assistant.reasoning_delta":
      return grow(
        turn,
        { kind: "reasoning", id: event.data.reasoningId },
        { text: event.data.text, seq: event.seq },
      );
    case "assistant.message": {
      const { messageId: id, content: text, partial, folded } = event.data;
      return settle(turn, {
        kind: "message",
        id,
        startSeq: firstOf(folded, event.seq),
        text,
        done: true,
        partial,
      });
    }
    case "assistant.reasoning": {
      const { reasoningId: id, content: text, folded } = event.data;
      return settle(turn, { kind: "reasoning", id, startSeq: firstOf(folded, event.seq), text, done: true });
    }
    case "assistant.retracted": {
      const { messageId: id } = event.data;
      return { ...turn, parts: turn.parts.filter((part) => !samePart({ kind: "message", id })(part)) };
    }
    case "turn.notice":
      if (event.data.code === "memory_lost" || event.data.code === "memory_rebuilt")
        return { ...turn, remark: event.data.message };
      return { ...turn, notice: event.data.message };
    case "session.moved":
      // What moved between two turns is nobody's concern.
      return event.data.reason === "server_lost"
        ? { ...turn, notice: "The CLI server was lost. Copilot goes on with another one…" }
        : turn;
    case "usage":
      return { ...turn, usage: addUsage(turn.usage, event.data) };
    case "turn.ended":
      return ended(turn, event.data, event.at);
  }
}

function queueNotice({ position, reason }: EventData<"turn.queued">): string {
  if (reason === "person_limit")
    return "Waiting for your other answers: only so many run at once for one person.";
  return position === 1
    ? "Copilot is busy. Your prompt is next in line."
    : `Copilot is busy. ${(position - 1).toLocaleString("en")} ${position === 2 ? "prompt is" : "prompts are"} before yours.`;
}

const samePart = (a: { kind: string; id: string }) => (b: TranscriptPart) =>
  a.kind === b.kind && a.id === b.id;

function grow(
  turn: TranscriptTurn,
  key: { kind: TranscriptPart["kind"]; id: string },
  { text, seq }: { text: string; seq: number },
): TranscriptTurn {
  const index = turn.parts.findIndex(samePart(key));
  const part = turn.parts[index];
  if (!part) {
    const opened: TranscriptPart =
      key.kind === "message"
        ? { kind: "message", id: key.id, startSeq: seq, text, done: false, partial: false }
        : { kind: "reasoning", id: key.id, startSeq: seq, text, done: false };
    return { ...turn, notice: null, parts: [...turn.parts, opened] };
  }
  if (part.done) return turn;
  return { ...turn, notice: null, parts: turn.parts.with(index, { ...part, text: part.text + text }) };
}

function settle(turn: TranscriptTurn, whole: TranscriptPart): TranscriptTurn {
  const known = turn.parts.find(samePart(whole));
  const startSeq = Math.min(whole.startSeq, known?.startSeq ?? whole.startSeq);
  const others = turn.parts.filter((part) => part !== known);
  const parts = [...others, { ...whole, startSeq }].toSorted((a, b) => a.startSeq - b.startSeq);
  return { ...turn, notice: null, parts };
}

function firstOf(folded: EventData<"assistant.message">["folded"], seq: number): number {
  return folded.reduce((least, [first]) => Math.min(least, first), seq);
}

function ended(turn: TranscriptTurn, data: EventData<"turn.ended">, at: Date): TranscriptTurn {
  return {
    ...turn,
    status: data.outcome,
    notice: null,
    failure: data.outcome === "failed" ? { code: data.code ?? null, message: data.message ?? null } : null,
    parts: turn.parts.map((part) => (part.done ? part : { ...part, done: true })),
    endedAt: at,
  };
}

function addUsage(sum: TurnUsage | null, call: EventData<"usage">): TurnUsage {
  return {
    model: call.model,
    calls: (sum?.calls ?? 0) + 1,
    inputTokens: (sum?.inputTokens ?? 0) + call.inputTokens,
    outputTokens: (sum?.outputTokens ?? 0) + call.outputTokens,
    durationMs:
      call.durationMs === undefined ? (sum?.durationMs ?? null) : (sum?.durationMs ?? 0) + call.durationMs,
    timeToFirstTokenMs: sum?.timeToFirstTokenMs ?? call.timeToFirstTokenMs ?? null,
  };
}
