import type { ErrorRow } from "./row";

/** Errors of a call as such, whatever it asks for: who calls, from where, how often, and in which form. */
export const CALL_ERRORS = {
  invalid_input: {
    http: 400,
    trpc: "BAD_REQUEST",
    retryable: false,
    message: "The request is not valid. Correct the named fields and send it again.",
  },
  not_signed_in: {
    http: 401,
    trpc: "UNAUTHORIZED",
    retryable: false,
    message: "You are signed out. Sign in again to continue.",
  },
  token_invalid: {
    http: 401,
    trpc: "UNAUTHORIZED",
    retryable: false,
    message: "This is no API token of this server. Look whether it was copied as a whole, or make a new one.",
  },
  token_expired: {
    http: 401,
    trpc: "UNAUTHORIZED",
    retryable: false,
    message: "This API token has expired. Make a new one in the settings.",
  },
  token_revoked: {
    http: 401,
    trpc: "UNAUTHORIZED",
    retryable: false,
    message: "This API token was revoked. Make a new one in the settings.",
  },
  mixed_credentials: {
    http: 400,
    trpc: "BAD_REQUEST",
    retryable: false,
    message: "The request has both a browser login and an API token. Send one of the two.",
  },
  too_many_attempts: {
    http: 429,
    trpc: "TOO_MANY_REQUESTS",
    retryable: true,
    message: "Too many wrong API tokens came from this address. Wait a minute, then try again.",
  },
  too_many_requests: {
    http: 429,
    trpc: "TOO_MANY_REQUESTS",
    retryable: true,
    message:
      "You have sent more requests than one person, or one API token, may in a minute. Wait, then go on.",
  },
  too_many_streams: {
    http: 429,
    trpc: "TOO_MANY_REQUESTS",
    retryable: true,
    message: "You follow as many sessions and jobs at once as you may. Close some of them, then try again.",
  },
  too_many_turns: {
    http: 429,
    trpc: "TOO_MANY_REQUESTS",
    retryable: true,
    message:
      "As many of your prompts run and wait as may. Wait until some are answered, then send yours again.",
  },
  too_many_sessions: {
    http: 429,
    trpc: "TOO_MANY_REQUESTS",
    retryable: false,
    message:
      "You have stored as many sessions as you may. Delete some that you need no more, then try again.",
  },
  login_not_allowed: {
    http: 403,
    trpc: "FORBIDDEN",
    retryable: false,
    message: "Your GitHub account may not use this server. Ask its administrator to allow your login.",
  },
  not_permitted: {
    http: 403,
    trpc: "FORBIDDEN",
    retryable: false,
    message: "Your role does not allow this. Ask an administrator of this server.",
  },
  token_out_of_scope: {
    http: 403,
    trpc: "FORBIDDEN",
    retryable: false,
    message: "This API token is not for that. Make one with the scope that the call needs, in the settings.",
  },
  cross_site_request: {
    http: 403,
    trpc: "FORBIDDEN",
    retryable: false,
    message: "This request came from another website and was refused.",
  },
  address_not_found: {
    http: 404,
    trpc: "NOT_FOUND",
    retryable: false,
    message: "There is nothing at this address. Look it up at /docs/api.",
  },
  method_not_allowed: {
    http: 405,
    trpc: "METHOD_NOT_SUPPORTED",
    retryable: false,
    message: "This address does not take that method. Use one of those in the header Allow.",
  },
  body_too_large: {
    http: 413,
    trpc: "PAYLOAD_TOO_LARGE",
    retryable: false,
    message: "The body of this request is too large. Send less of it.",
  },
  media_type_not_supported: {
    http: 415,
    trpc: "UNSUPPORTED_MEDIA_TYPE",
    retryable: false,
    message: "The body has to be JSON. Send it with Content-Type: application/json.",
  },
} as const satisfies Record<string, ErrorRow>;
