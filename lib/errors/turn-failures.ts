/** Why a turn ended `failed`: the sentence people see, and what helps. `signIn`: sign in with GitHub again first. */
export const TURN_FAILURES = {
  github_sign_in_required: {
    message: "GitHub no longer accepts your access. Your prompt is kept: sign in again, then retry.",
    next: "signIn",
  },
  copilot_not_licensed: {
    message:
      "Your GitHub account has no Copilot access, or its allowance is used up. Ask your organisation, then retry.",
    next: "retry",
  },
  rate_limited: {
    message: "The model refused more requests for now (rate limit). Wait a minute, then retry.",
    next: "retry",
  },
  model_not_available: {
    message: "This model is not available to you. Pick another model, then retry.",
    next: "pickModel",
  },
  provider_not_available: {
    message: "The provider of this model was removed or switched off. Pick another model, then retry.",
    next: "pickModel",
  },
  provider_rejected_key: {
    message:
      "The model endpoint refused this provider's key, or its allowance is used up. Check the provider, or pick another model.",
    next: "pickModel",
  },
  address_closed: {
    message:
      "The address of this model may not be called from here. Check the provider, or ask the operator to open it (ALLOWED_EGRESS).",
    next: "pickModel",
  },
  service_identity_refused: {
    message:
      "GitHub refuses the identity that this server uses for everybody, or it has no Copilot licence. Ask the operator, then retry.",
    next: "retry",
  },
  model_unavailable: {
    message: "The model endpoint did not answer properly. Your prompt is kept: retry in a moment.",
    next: "retry",
  },
  model_rejected: {
    message: "The model rejected the request. Change the prompt or pick another model.",
    next: "retry",
  },
  context_limit: {
    message:
      "The conversation is longer than this model can read. Start a new session or pick a larger model.",
    next: "pickModel",
  },
  fleet_exhausted: {
    message: "No Copilot CLI server was ready in time. Your prompt is kept: retry in a few seconds.",
    next: "retry",
  },
  cli_server_lost: {
    message:
      "The Copilot CLI server stopped while it was answering. What had arrived is kept: retry to go on.",
    next: "retry",
  },
  interrupted: {
    message: "The server restarted while Copilot was answering. What had arrived is kept: retry to go on.",
    next: "retry",
  },
  timed_out: {
    message: "Copilot gave no sign of life for too long, so the turn was ended. Your prompt is kept: retry.",
    next: "retry",
  },
  internal: {
    message: "Something went wrong on the server. Your prompt is kept: retry.",
    next: "retry",
  },
} as const satisfies Record<string, { message: string; next: "retry" | "signIn" | "pickModel" }>;

export type TurnFailureCode = keyof typeof TURN_FAILURES;
