import { CALL_ERRORS } from "./call-errors";
import type { ErrorRow } from "./row";

/** Every error that a caller can receive. Mapped once per wire: see server/trpc/errors.ts. */
export const ERROR_TABLE = {
  ...CALL_ERRORS,
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
  job_not_found: {
    http: 404,
    trpc: "NOT_FOUND",
    retryable: false,
    message: "There is no such job. It may have been deleted some weeks after its end.",
  },
  schedule_not_found: {
    http: 404,
    trpc: "NOT_FOUND",
    retryable: false,
    message: "There is no such schedule. It may have been deleted.",
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
  provider_not_found: {
    http: 404,
    trpc: "NOT_FOUND",
    retryable: false,
    message: "There is no such model provider. It may have been removed.",
  },
  provider_not_available: {
    http: 409,
    trpc: "CONFLICT",
    retryable: false,
    message: "The provider of this model was removed or switched off. Pick another model.",
  },
  provider_changed: {
    http: 409,
    trpc: "CONFLICT",
    retryable: false,
    message: "Somebody has changed this model provider meanwhile. Load the page again, then change it.",
  },
  provider_limit: {
    http: 409,
    trpc: "CONFLICT",
    retryable: false,
    message: "There are as many model providers as there may be. Remove one first.",
  },
  provider_secret_needed: {
    http: 400,
    trpc: "BAD_REQUEST",
    retryable: false,
    message:
      "The stored key and headers cannot be used: they are sent to no other server than the one they were given for. Give them again, or remove them.",
  },
  address_closed: {
    http: 400,
    trpc: "BAD_REQUEST",
    retryable: false,
    message:
      "This address may not be called from here: only https to public addresses, on port 443. The operator opens others with ALLOWED_EGRESS.",
  },
  service_identity_refused: {
    http: 409,
    trpc: "CONFLICT",
    retryable: false,
    message:
      "GitHub refuses the identity that this server uses for everybody, or it has no Copilot licence. Ask the operator.",
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
  job_not_retryable: {
    http: 409,
    trpc: "CONFLICT",
    retryable: false,
    message: "Only a failed or cancelled job can be started again.",
  },
  too_many_schedules: {
    http: 409,
    trpc: "CONFLICT",
    retryable: false,
    message: "You have as many schedules as one person may have. Delete one that you need no more.",
  },
  model_not_available: {
    http: 409,
    trpc: "CONFLICT",
    retryable: false,
    message: "This model is not available to you. Pick another model.",
  },
  turn_failed: {
    http: 502,
    trpc: "BAD_GATEWAY",
    retryable: false,
    message: "Copilot could not answer. What went wrong is named; the prompt is kept and can be retried.",
  },
  turn_aborted: {
    http: 409,
    trpc: "CONFLICT",
    retryable: false,
    message: "The answer was stopped before it was complete. What had arrived is kept in the session.",
  },
  answer_late: {
    http: 504,
    trpc: "GATEWAY_TIMEOUT",
    retryable: true,
    message: "Copilot is still answering. Come back for the answer with the ids that are named.",
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
