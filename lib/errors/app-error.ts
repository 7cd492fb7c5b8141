import { ERROR_TABLE, type ErrorCode } from "./table";

// Next bundles this file several times (instrumentation, each route), and a class is not the same class in two
// bundles. The mark is, so `instanceof` asks for it.
const MARK = Symbol.for("flightdeck.AppError");

/** The one error class below the edges. `details` are safe to show to the caller; `cause` is for the log only. */
export class AppError extends Error {
  readonly [MARK] = true;
  readonly code: ErrorCode;
  readonly details: Record<string, string> | undefined;

  constructor(code: ErrorCode, options?: { details?: Record<string, string>; cause?: unknown }) {
    super(ERROR_TABLE[code].message, { cause: options?.cause });
    this.name = "AppError";
    this.code = code;
    this.details = options?.details;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === "object" && value !== null && MARK in value;
  }
}
