import type { TurnFailureCode } from "@/lib/errors/turn-failures";

/** A failure of the SDK or the CLI, classified once at the border. `message` is for the log, never for people:
 *  the CLI's texts can contain endpoint addresses. */
export class CopilotError extends Error {
  readonly code: TurnFailureCode;

  constructor(code: TurnFailureCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "CopilotError";
    this.code = code;
  }
}

/** There is something of the conversation that cannot be resumed; a copy of it may be (`CopilotServer.fork`). */
export class ConversationBroken extends CopilotError {
  readonly isBroken = true;

  constructor(cause: unknown) {
    super("internal", "the conversation cannot be resumed", cause);
  }
}
