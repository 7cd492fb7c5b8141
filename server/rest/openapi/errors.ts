import { ERROR_TABLE, type ErrorCode } from "@/lib/errors/table";
import type { ApiResponse } from "@/lib/openapi";
import type { Operation } from "../operation";
import { PROBLEM_TYPE } from "../problem";

/** What any call may be answered. */
const OF_ALL: readonly ErrorCode[] = [
  ...(["not_signed_in", "token_invalid", "token_expired", "token_revoked", "token_out_of_scope"] as const),
  ...([
    "mixed_credentials",
    "too_many_attempts",
    "too_many_requests",
    "database_unavailable",
    "internal",
  ] as const),
];
const OF_INPUT: readonly ErrorCode[] = ["invalid_input"];
const OF_BODIES: readonly ErrorCode[] = ["body_too_large", "media_type_not_supported"];
const OF_CHANGES: readonly ErrorCode[] = ["cross_site_request"];

/** The codes with which an operation may be refused, by HTTP status. */
export function refusalsOf({ method, fields, refusals = [] }: Operation): Map<number, ErrorCode[]> {
  const codes = new Set([
    ...(fields.length > 0 ? OF_INPUT : []),
    ...OF_ALL,
    ...(fields.some((field) => field.in === "body") ? OF_BODIES : []),
    ...(method === "GET" ? [] : OF_CHANGES),
    ...refusals,
  ]);
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes) {
    const { http } = ERROR_TABLE[code];
    byStatus.set(http, [...(byStatus.get(http) ?? []), code]);
  }
  return byStatus;
}

const CHALLENGE = {
  "WWW-Authenticate": { description: "How to say who calls.", schema: { type: "string" } },
};
const WAIT = { "Retry-After": { description: "Seconds until it may work.", schema: { type: "integer" } } };
const HEADERS: Record<number, ApiResponse["headers"]> = { 401: CHALLENGE, 429: WAIT, 503: WAIT };

/** The responses with which an operation may be refused, by HTTP status. */
export function refusalResponses(operation: Operation): Record<string, ApiResponse> {
  const statuses = [...refusalsOf(operation)].toSorted(([one], [other]) => one - other);
  return Object.fromEntries(
    statuses.map(([status, codes]) => [
      String(status),
      {
        description: codes.map((code) => `\`${code}\`: ${ERROR_TABLE[code].message}`).join("\n\n"),
        ...(HEADERS[status] && { headers: HEADERS[status] }),
        content: {
          [PROBLEM_TYPE]: {
            schema: { $ref: "#/components/schemas/Problem", properties: { code: { enum: codes } } },
          },
        },
      },
    ]),
  );
}
