import { TURN_FAILURES, type TurnFailureCode } from "@/lib/errors/turn-failures";

const LABELS: Record<TurnFailureCode, string> = {
  github_sign_in_required: "GitHub sign-in expired",
  copilot_not_licensed: "No Copilot access or allowance",
  rate_limited: "Rate limit of the model",
  model_not_available: "Model not available to the person",
  provider_not_available: "Model provider removed or switched off",
  provider_rejected_key: "Key of a model provider refused",
  address_closed: "Address of a model provider closed",
  service_identity_refused: "Identity of the server refused by GitHub",
  model_unavailable: "Model endpoint did not answer",
  model_rejected: "Request rejected by the model",
  context_limit: "Conversation too long",
  fleet_exhausted: "No Copilot CLI server ready",
  cli_server_lost: "Copilot CLI server stopped",
  interrupted: "App process restarted",
  timed_out: "No sign of life for too long",
  internal: "Error in Flightdeck",
};

const isKnown = (code: string): code is TurnFailureCode => code in TURN_FAILURES;

/** Why turns failed, in a few words; a cause of another version of the app by its code. */
export const failureLabel = (code: string): string => (isKnown(code) ? LABELS[code] : code);

/** What the person who asked was told; null where that is not known. */
export const failureMessage = (code: string): string | null =>
  isKnown(code) ? TURN_FAILURES[code].message : null;
