/** How one error code leaves the server: HTTP status, tRPC code, whether the same call may succeed later, and
 *  the sentence a person sees (what happened, then what to do next). */
export type ErrorRow = {
  http: number;
  trpc: TrpcCode;
  retryable: boolean;
  message: string;
};

type TrpcCode =
  | "BAD_REQUEST"
  | "UNAUTHORIZED"
  | "FORBIDDEN"
  | "NOT_FOUND"
  | "CONFLICT"
  | "TOO_MANY_REQUESTS"
  | "SERVICE_UNAVAILABLE"
  | "INTERNAL_SERVER_ERROR";

/** Every error that a caller can receive. Mapped once per wire: see server/trpc/errors.ts. */
export const ERROR_TABLE = {
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
  login_not_allowed: {
    http: 403,
    trpc: "FORBIDDEN",
    retryable: false,
    message: "Your GitHub account may not use this server. Ask its administrator to allow your login.",
  },
  github_sign_in_required: {
    http: 403,
    trpc: "FORBIDDEN",
    retryable: false,
    message: "GitHub no longer accepts your access. Sign in again, then retry.",
  },
  copilot_not_licensed: {
    http: 403,
    trpc: "FORBIDDEN",
    retryable: false,
    message: "Your GitHub account has no Copilot access. Ask your organisation for a Copilot licence.",
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
  session_not_found: {
    http: 404,
    trpc: "NOT_FOUND",
    retryable: false,
    message: "There is no such session. It may have been deleted.",
  },
  turn_not_found: {
    http: 404,
    trpc: "NOT_FOUND",
    retryable: false,
    message: "There is no such turn. Its session may have been deleted.",
  },
  person_not_found: {
    http: 404,
    trpc: "NOT_FOUND",
    retryable: false,
    message: "There is no such person on this server.",
  },
  token_not_found: {
    http: 404,
    trpc: "NOT_FOUND",
    retryable: false,
    message: "There is no such API token. It may have been removed.",
  },
  token_limit_reached: {
    http: 409,
    trpc: "CONFLICT",
    retryable: false,
    message: "You have as many API tokens as one person may have. Revoke one that is not used any more.",
  },
  server_not_found: {
    http: 404,
    trpc: "NOT_FOUND",
    retryable: false,
    message: "There is no such CLI server in the fleet. Pick one of those that are listed.",
  },
  server_draining: {
    http: 409,
    trpc: "CONFLICT",
    retryable: false,
    message: "This CLI server is draining and takes nothing new. Resume it first, or pick another.",
  },
  transcripts_closed: {
    http: 403,
    trpc: "FORBIDDEN",
    retryable: false,
    message:
      "Conversations are closed to administrators. The operator of this server opens them with ADMIN_TRANSCRIPTS=with-reason.",
  },
  session_on_hold: {
    http: 409,
    trpc: "CONFLICT",
    retryable: false,
    message: "This session, or its owner, is on hold. Lift the hold on the page Clean-up first.",
  },
  server_exists: {
    http: 409,
    trpc: "CONFLICT",
    retryable: false,
    message: "This CLI server is in the fleet already.",
  },
  server_supervised: {
    http: 409,
    trpc: "CONFLICT",
    retryable: false,
    message:
      "Flightdeck starts this CLI server itself, so it cannot be removed. Restart or drain it instead.",
  },
  server_not_supervised: {
    http: 409,
    trpc: "CONFLICT",
    retryable: false,
    message: "Flightdeck did not start this CLI server. Restart it where it runs; drain it here before.",
  },
  last_administrator: {
    http: 409,
    trpc: "CONFLICT",
    retryable: false,
    message: "This is the last administrator. Make somebody else an administrator first.",
  },
  role_fixed_by_settings: {
    http: 409,
    trpc: "CONFLICT",
    retryable: false,
    message: "This person is named in ADMIN_LOGINS, and is an administrator until the operator changes that.",
  },
  role_given_by_github: {
    http: 409,
    trpc: "CONFLICT",
    retryable: false,
    message:
      "This person's organisations or teams on GitHub give them a stronger role (GITHUB_ROLE_MAP). Change their membership there.",
  },
  not_yourself: {
    http: 409,
    trpc: "CONFLICT",
    retryable: false,
    message: "You cannot do this to yourself. Ask another administrator.",
  },
  idempotency_conflict: {
    http: 409,
    trpc: "CONFLICT",
    retryable: false,
    message: "This idempotency key was already used with another prompt. Send the new prompt with a new key.",
  },
  turn_already_active: {
    http: 409,
    trpc: "CONFLICT",
    retryable: false,
    message: "Copilot is still answering in this session. Wait for the answer or stop it first.",
  },
  turn_not_retryable: {
    http: 409,
    trpc: "CONFLICT",
    retryable: false,
    message: "Only a failed or stopped turn can be retried.",
  },
  model_not_available: {
    http: 409,
    trpc: "CONFLICT",
    retryable: false,
    message: "This model is not available to you. Pick another model.",
  },
  fleet_exhausted: {
    http: 503,
    trpc: "SERVICE_UNAVAILABLE",
    retryable: true,
    message: "No Copilot CLI server is ready. Try again in a few seconds.",
  },
  queue_full: {
    http: 503,
    trpc: "SERVICE_UNAVAILABLE",
    retryable: true,
    message: "Too many prompts are waiting. Wait until some are answered, then send yours again.",
  },
  github_unavailable: {
    http: 503,
    trpc: "SERVICE_UNAVAILABLE",
    retryable: true,
    message: "GitHub does not answer. Try again in a minute.",
  },
  database_unavailable: {
    http: 503,
    trpc: "SERVICE_UNAVAILABLE",
    retryable: true,
    message: "The database does not answer. Nothing was changed; try again in a few seconds.",
  },
  shutting_down: {
    http: 503,
    trpc: "SERVICE_UNAVAILABLE",
    retryable: true,
    message: "The server is restarting. Try again in a few seconds.",
  },
  internal: {
    http: 500,
    trpc: "INTERNAL_SERVER_ERROR",
    retryable: false,
    message:
      "Something went wrong on the server. Try again; if it stays, ask the operator to look at the log.",
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERROR_TABLE;
