import { describe, expect, it } from "vitest";
import { Secret } from "@/server/platform/secret";
import { asHeardBy, classifyRejection, classifySessionError, isSessionMissing } from "./classify";
import { CopilotError } from "./errors";
import type { ProviderAccess } from "./types";

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

describe("an address that the egress proxy refuses", () => {
  it.each(["closed_address", "closed_port", "not_https", "malformed"])(
    "is told from all else: %s",
    (refusal) => {
      const message = `400 Flightdeck egress: ${refusal}`;
      for (const data of [
        { errorType: "query", message, statusCode: 400 },
        { errorType: "query", message: `Failed: tunnel error: ${message}` },
      ])
        expect(classifySessionError(data)).toBe("address_closed");
      expect(classifyRejection(new Error(message)).code).toBe("address_closed");
    },
  );

  it("is not meant where the proxy itself does not reach it", () => {
    const message = "502 Flightdeck egress: dns";
    expect(classifySessionError({ errorType: "query", message, statusCode: 502 })).toBe("model_unavailable");
  });
});

describe("what is said about a key", () => {
  const provider = { kind: "provider" } as ProviderAccess;
  const user = { kind: "user", token: new Secret("x") } as const;

  it.each(["github_sign_in_required", "copilot_not_licensed"] as const)("%s is about whose it is", (code) => {
    expect(asHeardBy(user, code)).toBe(code);
    expect(asHeardBy(null, code)).toBe(code);
    expect(asHeardBy(provider, code)).toBe("provider_rejected_key");
    expect(asHeardBy({ kind: "service" }, code)).toBe("service_identity_refused");
  });

  it("leaves every other failure as it is", () => {
    for (const access of [user, provider, { kind: "service" } as const]) {
      expect(asHeardBy(access, "rate_limited")).toBe("rate_limited");
      expect(asHeardBy(access, "cli_server_lost")).toBe("cli_server_lost");
    }
  });
});
