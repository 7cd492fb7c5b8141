import { TRPCClientError } from "@trpc/client";
import type { CallRouter, ErrorShape } from "./app-router.js";
import type { ErrorCode, TurnFailureCode } from "./generated/router.js";

/** What the server does not say itself. `unreachable`: no answer came, or not all of it. `unexpected_answer`: what
 *  answered is no Flightdeck server, or stands in front of one. `aborted`: by the caller's own signal. `stopped`:
 *  somebody stopped the answer. */
type OwnCode = "unreachable" | "unexpected_answer" | "aborted" | "stopped";

/** Why a call failed, why a turn did, or what the client says itself. A newer server may send others. */
export type FlightdeckErrorCode = ErrorCode | TurnFailureCode | OwnCode;

type Facts = {
  code: FlightdeckErrorCode;
  retryable: boolean;
  http: number | null;
  retryAfterMs?: number | null;
  details?: Record<string, string> | undefined;
  shape?: ErrorShape;
  cause?: unknown;
};

/** The one error of this package. It is a `TRPCClientError` too, so what knows those knows it. */
export class FlightdeckError extends TRPCClientError<CallRouter> {
  readonly code: FlightdeckErrorCode;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;
  /** Status of the answer; null where none came, and for a turn that failed. */
  readonly http: number | null;
  /** How long the server asks to wait before the next try, in milliseconds; null where it did not say. */
  readonly retryAfterMs: number | null;
  /** Of an input that is not valid: path → message. */
  readonly details: Record<string, string> | undefined;

  constructor(message: string, { code, retryable, http, retryAfterMs = null, details, shape, cause }: Facts) {
    super(message, {
      ...(shape && { result: { error: shape } }),
      ...(cause instanceof Error && { cause }),
    });
    // tRPC gives every instance the prototype of its own class.
    Object.setPrototypeOf(this, FlightdeckError.prototype);
    this.name = "FlightdeckError";
    this.code = code;
    this.retryable = retryable;
    this.http = http;
    this.retryAfterMs = retryAfterMs;
    this.details = details;
  }
}

/** The failures of a turn after which the same prompt may be answered. */
const PASSING: readonly TurnFailureCode[] = [
  "rate_limited",
  "model_unavailable",
  "fleet_exhausted",
  "cli_server_lost",
  "interrupted",
  "timed_out",
];

/** A turn that ended without success, as the error of its answer. */
export function turnError(ended: {
  outcome: string;
  code?: string | undefined;
  message?: string | undefined;
}) {
  const isStopped = ended.outcome === "aborted";
  const code = isStopped ? "stopped" : (ended.code ?? "internal");
  return new FlightdeckError(
    isStopped ? "The answer was stopped before it was complete." : (ended.message ?? "The turn failed."),
    { code: code as FlightdeckErrorCode, retryable: PASSING.some((each) => each === code), http: null },
  );
}

export const unreachable = (cause: unknown): FlightdeckError =>
  new FlightdeckError("Flightdeck does not answer.", {
    code: "unreachable",
    retryable: true,
    http: null,
    cause,
  });

export const aborted = (cause: unknown): FlightdeckError =>
  new FlightdeckError("The call was aborted.", { code: "aborted", retryable: false, http: null, cause });

/** An answer that no Flightdeck server gives: another program's, or that of a proxy in front of it. */
export function unexpectedAnswer({ status, headers }: Pick<Response, "status" | "headers">): FlightdeckError {
  return new FlightdeckError(`The server answered ${status}, and not as Flightdeck does. Check \`url\`.`, {
    code: "unexpected_answer",
    retryable: status === 408 || status === 429 || status >= 500,
    http: status,
    retryAfterMs: retryAfterMs(headers),
  });
}

/** The same where it came whole and cannot be read. */
const unreadableAnswer = (cause: unknown): FlightdeckError =>
  new FlightdeckError("What answered is no Flightdeck server. Check `url`.", {
    ...{ code: "unexpected_answer", retryable: false, http: null, cause },
  });

/** What the server itself says. */
export function errorOfShape(shape: ErrorShape, headers: Headers = new Headers()): FlightdeckError {
  return new FlightdeckError(shape.message, {
    ...shape.data.app,
    shape,
    retryAfterMs: retryAfterMs(headers) ?? waitIn(shape),
  });
}

/** The same where it is said in a stream, whose headers came before. */
function waitIn({ data }: ErrorShape): number | null {
  const seconds = Number(data.app.details?.retryAfterSeconds);
  return Number.isNaN(seconds) ? null : seconds * 1_000;
}

/** Retry-After, which is seconds or a date. */
function retryAfterMs(headers: Headers): number | null {
  const text = headers.get("retry-after");
  if (text === null) return null;
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}

/** tRPC's error of a call as ours. */
export function errorOfCall(error: TRPCClientError<CallRouter>): FlightdeckError {
  if (error instanceof FlightdeckError) return error;
  const response = error.meta?.response as Response | undefined;
  if (error.shape) return errorOfShape(error.shape, response?.headers);
  if (error.cause?.name === "AbortError") return aborted(error.cause);
  if (error.cause instanceof SyntaxError) return unreadableAnswer(error.cause);
  if (response) return unexpectedAnswer(response);
  return unreachable(error.cause);
}
