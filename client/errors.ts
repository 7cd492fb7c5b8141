import type { ErrorCode } from "@/lib/errors/table";

/** A failed call as the interface shows it. `offline`: no answer came back at all. */
export type ClientError = { code: ErrorCode | "offline"; message: string; retryable: boolean };

const OFFLINE: ClientError = {
  code: "offline",
  message: "Flightdeck does not answer. Check your connection; your text is kept.",
  retryable: true,
};

const FIELD_MESSAGE_MAX = 200;

/** Reads any thrown value. Errors of the server keep their code and sentence; of an invalid input, the sentence
 *  of the first field is shown, since it says more. Anything without an answer from the server is `offline`. */
export function clientErrorOf(error: unknown): ClientError {
  const app = appErrorIn(error);
  if (!app) return OFFLINE;
  const field = app.code === "invalid_input" ? Object.values(app.details ?? {})[0] : undefined;
  return {
    code: app.code,
    message: (field ?? app.message).slice(0, FIELD_MESSAGE_MAX),
    retryable: app.retryable,
  };
}

/** True where the call failed because nobody is signed in any more. */
export function isSignedOut(error: unknown): boolean {
  return appErrorIn(error)?.code === "not_signed_in";
}

type AppErrorData = {
  code: ErrorCode;
  message: string;
  retryable: boolean;
  details?: Record<string, string>;
};

// The server's sentence is in its answer: the table of all of them would be a part of every page.
function appErrorIn(error: unknown): AppErrorData | null {
  if (!(error instanceof Error) || !("data" in error)) return null;
  const { data } = error;
  if (typeof data !== "object" || data === null || !("app" in data)) return null;
  const { app } = data;
  if (typeof app !== "object" || app === null || !("code" in app) || !("retryable" in app)) return null;
  const { code, retryable } = app;
  if (typeof code !== "string" || typeof retryable !== "boolean") return null;
  const details = "details" in app ? (app.details as Record<string, string> | undefined) : undefined;
  return { code: code as ErrorCode, message: error.message, retryable, ...(details && { details }) };
}
