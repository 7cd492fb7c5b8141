import type { TurnFailureCode } from "@/lib/errors/turn-failures";
import { CopilotError } from "./errors";
import type { ModelAccess } from "./types";

function fromStatus(status: number): TurnFailureCode {
  if (status === 401) return "github_sign_in_required";
  if (status === 402 || status === 403) return "copilot_not_licensed";
  if (status === 429) return "rate_limited";
  if (status === 413) return "context_limit";
  if (status === 400 || status === 404 || status === 422) return "model_rejected";
  return "model_unavailable";
}

/** What the egress proxy says where it refuses, which the CLI quotes. */
const CLOSED_BY_US = /flightdeck egress: (?:malformed|closed_address|closed_port|not_https)/i;

// The texts are those of CLI 1.0.85 (nearly every RPC error is -32603 without data, so text is all there is).
const BY_TEXT: [RegExp, TurnFailureCode][] = [
  [CLOSED_BY_US, "address_closed"],
  [/no github oauth token|not authenticated/i, "github_sign_in_required"],
  [/model ".*" is not available/i, "model_not_available"],
  [
    /connection is (?:closed|disposed)|connection got disposed|stream was destroyed|socket|econnrefused|econnreset|epipe|server port not available/i,
    "cli_server_lost",
  ],
];

function fromText(text: string): TurnFailureCode {
  // GitHub answers 404 for a person without Copilot.
  const validation = /Copilot user info: (\d{3})|"kind":"http","status":(\d{3})/i.exec(text);
  if (validation) {
    const status = Number(validation[1] ?? validation[2]);
    return status === 404 ? "copilot_not_licensed" : fromStatus(status);
  }
  return BY_TEXT.find(([pattern]) => pattern.test(text))?.[1] ?? "internal";
}

/** The failure code of a `session.error` event. */
export function classifySessionError(data: {
  errorType: string;
  message: string;
  statusCode?: number | undefined;
}): TurnFailureCode {
  if (CLOSED_BY_US.test(data.message)) return "address_closed";
  switch (data.errorType) {
    case "authentication":
      return data.statusCode === 403 ? "copilot_not_licensed" : "github_sign_in_required";
    case "authorization":
      return data.statusCode === undefined ? "github_sign_in_required" : fromStatus(data.statusCode);
    case "quota":
      return "copilot_not_licensed";
    case "rate_limit":
      return "rate_limited";
    case "context_limit":
      return "context_limit";
    default: {
      if (data.statusCode !== undefined) return fromStatus(data.statusCode);
      const code = fromText(data.message);
      // A server that reports an error is not lost: the socket it speaks of is the one to the model.
      return code === "internal" || code === "cli_server_lost" ? "model_unavailable" : code;
    }
  }
}

const WORDS_ABOUT_GITHUB: ReadonlySet<TurnFailureCode> = new Set<TurnFailureCode>([
  "github_sign_in_required",
  "copilot_not_licensed",
]);

/** A failure as it is meant for who asked with this access. The CLI tells a key that is refused, and an allowance that is
 *  used up, alike of everybody; of a person's own GitHub account it is only where that was asked with. */
export function asHeardBy(access: ModelAccess | null, code: TurnFailureCode): TurnFailureCode {
  if (!WORDS_ABOUT_GITHUB.has(code)) return code;
  if (access?.kind === "provider") return "provider_rejected_key";
  return access?.kind === "service" ? "service_identity_refused" : code;
}

/** Any rejection of an SDK call as a `CopilotError`. */
export function classifyRejection(error: unknown): CopilotError {
  if (error instanceof CopilotError) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new CopilotError(fromText(text), text, error);
}

/** True where the server does not have the session on disk. */
export const isSessionMissing = (error: unknown): boolean =>
  error instanceof Error && /session (file )?not found/i.test(error.message);

/** True where a session has no journal, because nothing was ever said in it on this server's disk. */
export const isJournalMissing = (error: unknown): boolean =>
  error instanceof Error && /journal is unavailable/i.test(error.message);

/** True where the server reads too many journals at once, and can read this one in a moment. */
export const isJournalBusy = (error: unknown): boolean =>
  error instanceof Error && /too many persisted event snapshots/i.test(error.message);

/** True where a session's journal lacks its beginning, so that it cannot be resumed. */
export const isJournalBroken = (error: unknown): boolean =>
  error instanceof Error && /first event must be session\.start/i.test(error.message);
