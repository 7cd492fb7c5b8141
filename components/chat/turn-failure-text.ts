import type { TranscriptTurn } from "@/client/events/transcript";
import { TURN_FAILURES, type TurnFailureCode } from "@/lib/errors/turn-failures";

export type FailureText = { message: string; next: "retry" | "signIn" | "pickModel" };

/** What to say about a failed turn and what helps. A code this build does not know keeps the server's sentence. */
export function failureText(failure: TranscriptTurn["failure"]): FailureText {
  const code = failure?.code ?? "internal";
  if (isKnown(code)) return TURN_FAILURES[code];
  return { message: failure?.message ?? TURN_FAILURES.internal.message, next: "retry" };
}

function isKnown(code: string): code is TurnFailureCode {
  return Object.hasOwn(TURN_FAILURES, code);
}
