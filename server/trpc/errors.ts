import { TRPCError } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { ZodError } from "zod";
import { AppError } from "@/lib/errors/app-error";
import { ERROR_TABLE, type ErrorCode } from "@/lib/errors/table";

/** What a client finds in `error.data.app`: the stable code, whether the same call may succeed later, and the
 *  fields that were not valid (path → message). */
export type AppErrorShape = {
  code: ErrorCode;
  retryable: boolean;
  http: number;
  details?: Record<string, string>;
};

function detailsOf(cause: unknown): Record<string, string> | undefined {
  if (cause instanceof AppError) return cause.details;
  if (cause instanceof ZodError) {
    return Object.fromEntries(cause.issues.map((issue) => [issue.path.join(".") || "input", issue.message]));
  }
  return undefined;
}

function codeOf(error: unknown): ErrorCode {
  if (error instanceof AppError) return error.code;
  if (error instanceof TRPCError) {
    if (error.cause instanceof AppError) return error.cause.code;
    // What tRPC itself refuses: input that does not parse, an unknown procedure, the wrong method.
    if (getHTTPStatusCodeFromError(error) < 500) return "invalid_input";
  }
  return "internal";
}

/** Maps any thrown value to the row of the error table it is sent as. */
export function appErrorOf(error: unknown): AppErrorShape {
  const code = codeOf(error);
  const details = detailsOf(error instanceof TRPCError ? error.cause : error);
  const { retryable, http } = ERROR_TABLE[code];
  return { code, retryable, http, ...(details && { details }) };
}

/** When a client may try again what was answered 503. */
const RETRY_AFTER_SECONDS = 5;

/** The headers that go with these errors of one answer: when to come back, and that API tokens are taken. */
export function headersOf(errors: readonly TRPCError[]): Record<string, string> {
  const apps = errors.map(appErrorOf);
  const limited = apps.find(({ http }) => http === 429);
  const isAway = apps.some(({ http }) => http === 503);
  const isUnknown = apps.some(({ http }) => http === 401);
  return {
    ...(isAway && { "retry-after": String(RETRY_AFTER_SECONDS) }),
    ...(limited?.details?.retryAfterSeconds && { "retry-after": limited.details.retryAfterSeconds }),
    ...(isUnknown && { "www-authenticate": "Bearer" }),
  };
}

/** The TRPCError for a thrown value, so that the HTTP status is the table's too. Its cause is the first one. */
export function toTrpcError(error: unknown): TRPCError {
  const { code } = appErrorOf(error);
  const row = ERROR_TABLE[code];
  const cause = error instanceof TRPCError ? (error.cause ?? error) : error;
  return new TRPCError({ code: row.trpc, message: row.message, cause });
}
