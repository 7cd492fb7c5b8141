import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { SimulatorContext } from "../simulator-server";

const ERRORS: Record<number, { type: string; code: string; message: string }> = {
  400: {
    type: "invalid_request_error",
    code: "invalid_request_body",
    message: "The request body is invalid.",
  },
  401: {
    type: "authentication_error",
    code: "unauthorized",
    message: "The credentials are invalid or have expired.",
  },
  402: {
    type: "insufficient_quota",
    code: "quota_exceeded",
    message: "You have exceeded your monthly quota.",
  },
  403: { type: "permission_error", code: "access_denied", message: "Access to this endpoint is forbidden." },
  404: { type: "invalid_request_error", code: "model_not_found", message: "The model does not exist." },
  413: { type: "invalid_request_error", code: "request_too_large", message: "The request is too large." },
  429: {
    type: "rate_limit_error",
    code: "rate_limited",
    message: "Too many requests. Please wait and try again.",
  },
  500: { type: "server_error", code: "internal_error", message: "Internal server error." },
  502: { type: "server_error", code: "bad_gateway", message: "Bad gateway." },
  503: { type: "server_error", code: "unavailable", message: "The service is temporarily unavailable." },
};

type Failure = { status: number; message?: string; retryAfterSeconds?: number | null };

/** An error in the shape of OpenAI, which is also that of Copilot's own API. */
export function errorAnswer(c: SimulatorContext, failure: Failure): Response {
  const known = ERRORS[failure.status] ?? {
    type: "server_error",
    code: "unknown",
    message: "Unknown error.",
  };
  const { type, code } = known;
  const headers: Record<string, string> = {};
  if (typeof failure.retryAfterSeconds === "number")
    headers["retry-after"] = String(failure.retryAfterSeconds);
  const body = { error: { message: failure.message ?? known.message, type, param: null, code } };
  return c.json(body, failure.status as ContentfulStatusCode, headers);
}
