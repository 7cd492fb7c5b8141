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
