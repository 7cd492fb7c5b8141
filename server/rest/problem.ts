import { ERROR_TABLE, type ErrorCode } from "@/lib/errors/table";
import { appErrorOf, headersOf, toTrpcError } from "@/server/trpc/errors";
import type { Operation } from "./operation";

/** An error as this wire tells it (RFC 9457). `fields`: what was not valid, by its name on the wire. */
export type Problem = {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ErrorCode;
  retryable: boolean;
  fields?: Record<string, string>;
};

export const PROBLEM_TYPE = "application/problem+json";

/** Where a code is explained. */
export const problemUri = (code: ErrorCode): string => `/docs/api#${code}`;

/** A code as a heading: "Session not found". */
export const titleOf = (code: string): string =>
  `${code.charAt(0).toUpperCase()}${code.slice(1)}`.replaceAll("_", " ");

// Callers know the fields by what they are called on this wire.
function renamed(details: Record<string, string>, operation: Operation | undefined) {
  const names = new Map(operation?.fields.map(({ field, name }) => [field, name]));
  return Object.fromEntries(
    Object.entries(details).map(([path, message]) => {
      const [first = "", ...rest] = path.split(".");
      return [[names.get(first) ?? first, ...rest].join("."), message];
    }),
  );
}

/** Maps any thrown value to what is sent: the row of the error table, and what the error says beside. */
export function problemOf(error: unknown, operation?: Operation): Problem {
  const { code, http, retryable, details = {} } = appErrorOf(error);
  const isInvalid = code === "invalid_input" && Object.keys(details).length > 0;
  return {
    type: problemUri(code),
    title: titleOf(code),
    status: http,
    detail: ERROR_TABLE[code].message,
    code,
    retryable,
    ...(isInvalid ? { fields: renamed(details, operation) } : details),
  };
}

// RFC 6750.
const CHALLENGES: Partial<Record<ErrorCode, string>> = {
  token_invalid: 'Bearer error="invalid_token"',
  token_expired: 'Bearer error="invalid_token"',
  token_revoked: 'Bearer error="invalid_token"',
  token_out_of_scope: 'Bearer error="insufficient_scope"',
};

/** The headers of an answer with this problem. */
function problemHeaders({ code }: Problem, error: unknown): Headers {
  const headers = new Headers(headersOf([toTrpcError(error)]));
  headers.set("content-type", PROBLEM_TYPE);
  headers.set("cache-control", "no-store");
  const challenge = CHALLENGES[code];
  if (challenge) headers.set("www-authenticate", challenge);
  // What is left of the body is not read, so nothing can follow it.
  if (code === "body_too_large") headers.set("connection", "close");
  const { allow } = appErrorOf(error).details ?? {};
  if (code === "method_not_allowed" && allow) headers.set("allow", allow);
  return headers;
}

/** The answer to a request of which this was thrown. */
export function problemResponse(error: unknown, operation?: Operation): Response {
  const problem = problemOf(error, operation);
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: problemHeaders(problem, error),
  });
}
