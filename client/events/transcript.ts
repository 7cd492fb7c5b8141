import type { TurnStatus } from "@/lib/contracts/turns";
import type { EventData } from "@/lib/events/wire";

/** Text that arrives in pieces. `startSeq` is the number of its first piece and orders the parts of a turn, so
 *  the order stays the same once the pieces are folded into one event. `done`: no more text will come. */
export type TranscriptPart =
  | { kind: "message"; id: string; startSeq: number; text: string; done: boolean; partial: boolean }
  | { kind: "reasoning"; id: string; startSeq: number; text: string; done: boolean };

export type ReasoningPart = Extract<TranscriptPart, { kind: "reasoning" }>;

/** Sum over the model calls of one turn. Durations in milliseconds; null where no call reported them. */
export type TurnUsage = {
  model: string;
  calls: number;
  inputTokens: number;
  outputTokens: number;
  durationMs: number | null;
  timeToFirstTokenMs: number | null;
};

export type TranscriptTurn = {
  turnId: string;
  promptSeq: number;
  prompt: string;
  status: TurnStatus;
  model: string | null;
  /** Under which the model was asked; null before the turn has started. */
  identity: NonNullable<EventData<"turn.started">["identity"]> | null;
  retryOf: string | null;
  /** The later turn that repeats this one; readers see that one in its place. */
  supersededBy: string | null;
  parts: TranscriptPart[];
  /** Something slow that is going on now; gone as soon as text arrives or the turn ends. */
  notice: string | null;
  /** Something that stays true of this answer, e.g. that Copilot had lost its memory of the conversation. */
  remark: string | null;
  usage: TurnUsage | null;
  failure: { code: string | null; message: string | null } | null;
  queuedAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
};

/** An administrator has read the conversation. `afterTurnId`: the newest turn at that time; null before the first. */
export type TranscriptRead = {
  seq: number;
  afterTurnId: string | null;
  by: string;
  reason: string;
  at: Date;
};

/** Everything a reader of one session sees, as of event `lastSeq`. Immutable: a turn that an event does not
 *  touch keeps its identity, so a view may skip it. */
export type Transcript = {
  lastSeq: number;
  turns: readonly TranscriptTurn[];
  reads: readonly TranscriptRead[];
  session: { title?: string; model?: string | null; archived?: boolean };
};

export const EMPTY_TRANSCRIPT: Transcript = { lastSeq: 0, turns: [], reads: [], session: {} };

/** The turn that is queued or running; a session has at most one. */
export function activeTurnOf(transcript: Transcript): TranscriptTurn | null {
  const last = transcript.turns.at(-1);
  return last && (last.status === "queued" || last.status === "running") ? last : null;
}
