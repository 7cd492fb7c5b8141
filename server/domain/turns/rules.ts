import { TURN_FAILURES, type TurnFailureCode } from "@/lib/errors/turn-failures";
import type { EventData, WireEvent } from "@/lib/events/wire";
import { parseProviderModel } from "@/lib/provider-model";
import type { CopilotSignal } from "@/server/copilot/types";
import type { IdentityMode } from "../credentials/types";
import { DELTA_MANY_PIECES, DELTA_WAIT_FIRST_MS, DELTA_WAIT_LAST_MS } from "./tunables";

/** Why a session is on another CLI server than before. */
export type MoveReason = EventData<"session.moved">["reason"];

/** How a turn ended. */
export type Outcome =
  | { status: "succeeded" }
  | { status: "aborted" }
  | { status: "failed"; code: TurnFailureCode };

export const failed = (code: TurnFailureCode): Outcome => ({ status: "failed", code });

/** The `turn.ended` event of an outcome: what people read, never what the CLI said. */
export function endedData(outcome: Outcome): EventData<"turn.ended"> {
  if (outcome.status !== "failed") return { outcome: outcome.status };
  return { outcome: "failed", code: outcome.code, message: TURN_FAILURES[outcome.code].message };
}

/** The `turn.started` event of a turn that asks `model`. */
export function startedData(model: string | null, identityMode: IdentityMode): EventData<"turn.started"> {
  const isProviders = model !== null && parseProviderModel(model) !== null;
  return { model, identity: isProviders ? "provider" : identityMode };
}

// After these the session in the server's memory is not trusted: the next turn attaches it anew.
const RESET_AFTER: ReadonlySet<TurnFailureCode> = new Set<TurnFailureCode>([
  "github_sign_in_required",
  "copilot_not_licensed",
  "service_identity_refused",
  "provider_not_available",
  "provider_rejected_key",
  "address_closed",
  "cli_server_lost",
  "timed_out",
  "interrupted",
  "internal",
]);

/** Whether a session may stay attached after a turn. Where the CLI had the prompt and did not say that it is idle,
 *  it may still be answering, and would answer into the next turn. */
export function isTrustedAfter(outcome: Outcome, handedOver: boolean, cliIsIdle: boolean): boolean {
  if (handedOver && !cliIsIdle) return false;
  return outcome.status !== "failed" || !RESET_AFTER.has(outcome.code);
}

/** The notice shown while the CLI asks the model again. */
export function retryNotice(status: number | null): EventData<"turn.notice"> {
  const why = status === 429 ? "The model is rate limited" : "The model did not answer properly";
  return { code: "model_retrying", message: `${why}. Trying again…` };
}

/** The next pause between two writes of streamed text, in milliseconds, after one that gathered so many pieces. */
export function nextDeltaWait(waitMs: number, pieces: number): number {
  if (pieces >= DELTA_MANY_PIECES) return Math.min(DELTA_WAIT_LAST_MS, 2 * waitMs);
  return Math.max(DELTA_WAIT_FIRST_MS, waitMs / 2);
}

/** Whether this is text of an answer, which people wait for; what the model only thinks is not. */
export const isAnswerText = (signal: CopilotSignal): boolean =>
  (signal.kind === "delta" && signal.text !== "") || (signal.kind === "message" && signal.content !== "");

/** When the first text of the answer was stored, of what is left of a turn's events: a message that is whole has
 *  replaced its first piece. Null where there is none. */
export function storedTextAt(events: readonly WireEvent[]): Date | null {
  const first = events.find(({ type }) => type === "assistant.delta" || type === "assistant.message");
  return first?.at ?? null;
}
