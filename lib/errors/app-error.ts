import { ERROR_TABLE, type ErrorCode } from "./table";

/** The one error class below the edges. `details` are safe to show to the caller; `cause` is for the log only. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: Record<string, string> | undefined;

  constructor(code: ErrorCode, options?: { details?: Record<string, string>; cause?: unknown }) {
    super(ERROR_TABLE[code].message, { cause: options?.cause });
    this.name = "AppError";
    this.code = code;
    this.details = options?.details;
  }
}
