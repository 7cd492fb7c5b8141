import { describe, expect, it } from "vitest";
import { classifyRejection, classifySessionError, isSessionMissing } from "./classify";
import { CopilotError } from "./errors";

const USER_INFO = "Failed to fetch Copilot user info:";

describe("a rejected call", () => {
  it.each([
    [
      `Request models.list failed with message: ${USER_INFO} 401 Unauthorized: {"message":"Bad credentials"}`,
      "github_sign_in_required",
    ],
    [
      `Request session.create failed with message: GitHub token validation failed: ${USER_INFO} 401 Unauthorized: {"message":"Bad credentials"}`,
      "github_sign_in_required",
    ],
    [
      `Request session.create failed with message: GitHub token validation failed: ${USER_INFO} 402 Payment Required: {"message":"x"}`,
      "copilot_not_licensed",
    ],
    [
      `Request models.list failed with message: ${USER_INFO} 403 Forbidden: {"message":"x"}`,
      "copilot_not_licensed",
    ],
    [`Request models.list failed with message: ${USER_INFO} 404 Not Found: {}`, "copilot_not_licensed"],
    [
      `Request models.list failed with message: ${USER_INFO} 503 Service Unavailable: {"message":"x"}`,
      "model_unavailable",
    ],
    [
      'Request models.list failed with message: GenericFailure, {"kind":"http","status":402,"body":""}',
      "copilot_not_licensed",
    ],
    [
      'Request models.list failed with message: GenericFailure, {"kind":"http","status":401}',
      "github_sign_in_required",
    ],
    ['Model "gpt-9" is not available.', "model_not_available"],
    ["Not authenticated. Please authenticate first.", "github_sign_in_required"],
    ["No GitHub OAuth token or Copilot HMAC key provided", "github_sign_in_required"],
    ["Connection is closed.", "cli_server_lost"],
    ["Connection is disposed.", "cli_server_lost"],
    ["Cannot call write after a stream was destroyed", "cli_server_lost"],
    ["Server port not available", "cli_server_lost"],
    ["connect ECONNREFUSED 127.0.0.1:4321", "cli_server_lost"],
    ["AUTHENTICATION_FAILED", "internal"],
    ["Request session.send failed with message: Session not found for sessionId: X", "internal"],
    ["", "internal"],
  ])("%s → %s", (text, code) => {
    const cause = new Error(text);
    expect(classifyRejection(cause)).toMatchObject({ name: "CopilotError", code, cause });
  });

  it("that is classified already stays as it is, and what is no error becomes one", () => {
    const known = new CopilotError("timed_out", "x");
    expect(classifyRejection(known)).toBe(known);
    expect(classifyRejection(undefined).code).toBe("internal");
  });
});

describe("a session error", () => {
  const RETRIED =
    "Failed to get response from the AI model; retried 5 times (total retry wait time: 14.28 seconds)";
  it.each([
    [{ errorType: "query", statusCode: 400, message: "Execution failed: 400 x" }, "model_rejected"],
    [
      { errorType: "authorization", statusCode: 401, message: "Authorization error." },
      "github_sign_in_required",
    ],
    [
      { errorType: "authorization", statusCode: 403, message: "Authorization error." },
      "copilot_not_licensed",
    ],
    [{ errorType: "authorization", message: "Authorization error." }, "github_sign_in_required"],
    [{ errorType: "quota", statusCode: 402, message: "quota" }, "copilot_not_licensed"],
    [{ errorType: "query", statusCode: 404, message: "x" }, "model_rejected"],
    [{ errorType: "rate_limit", statusCode: 429, message: "x" }, "rate_limited"],
    [{ errorType: "context_limit", message: "x" }, "context_limit"],
    [{ errorType: "query", statusCode: 413, message: "x" }, "context_limit"],
    [{ errorType: "query", statusCode: 500, message: `${RETRIED} Last error: 500 x` }, "model_unavailable"],
    [{ errorType: "query", statusCode: 503, message: `${RETRIED} Last error: 503 x` }, "model_unavailable"],
    [
      { errorType: "query", message: `${RETRIED} Last error: error reading a body from connection: x` },
      "model_unavailable",
    ],
    [
      { errorType: "query", message: `${RETRIED} getaddrinfo ENOTFOUND api.githubcopilot.com` },
      "model_unavailable",
    ],
    [{ errorType: "query", message: `${RETRIED} connect ECONNREFUSED 127.0.0.1:9` }, "model_unavailable"],
    [{ errorType: "query", message: `${RETRIED} socket hang up` }, "model_unavailable"],
    [{ errorType: "authentication", statusCode: 403, message: "x" }, "copilot_not_licensed"],
    [{ errorType: "authentication", message: "x" }, "github_sign_in_required"],
    [{ errorType: "something new", message: "x" }, "model_unavailable"],
    [{ errorType: "query", message: 'Model "x" is not available.' }, "model_not_available"],
  ])("%j → %s", (data, code) => {
    expect(classifySessionError(data)).toBe(code);
  });
});

it.each([
  ["Failed to load session events: Session not found: X", true],
  ["Session not found for sessionId: X", true],
  ["Session file not found for X", true],
  ["Not found", false],
])("«%s» means that the server has no such session: %s", (text, missing) => {
  expect(isSessionMissing(new CopilotError("internal", text))).toBe(missing);
  expect(isSessionMissing(text)).toBe(false);
});
