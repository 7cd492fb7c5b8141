import type { AbortTurnResult, SendPromptInput, Turn, TurnRef } from "@/lib/contracts/turns";
import type { Actor } from "@/server/platform/scope";

export type Turns = {
  /** Commits the prompt, then answers. The same key with the same prompt gives the same turn; with another
   *  prompt `idempotency_conflict`. Throws `session_not_found`, `turn_already_active`. */
  send(actor: Actor, input: SendPromptInput): Promise<TurnRef>;
  /** Asks for the active turn to stop; it ends `aborted` with the text that had arrived. */
  abort(actor: Actor, sessionId: string): Promise<AbortTurnResult>;
  get(actor: Actor, turnId: string): Promise<Turn>;
  /** Sends the prompt of a failed or aborted turn again, as a new turn. Calling it twice gives the same new turn. */
  retry(actor: Actor, turnId: string): Promise<TurnRef>;
};
