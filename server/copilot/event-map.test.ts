import type { SessionEvent } from "@github/copilot-sdk";
import { describe, expect, it } from "vitest";
import { toSignal } from "./event-map";

const event = (type: string, data: object, more: object = {}) =>
  ({
    id: "e",
    timestamp: "2026-01-01T00:00:00Z",
    parentId: null,
    type,
    data,
    ...more,
  }) as unknown as SessionEvent;

describe("the events of a good turn", () => {
  it.each([
    [
      "assistant.message_delta",
      { messageId: "m", deltaContent: "Hi" },
      { kind: "delta", messageId: "m", text: "Hi" },
    ],
    [
      "assistant.message",
      {
        messageId: "m",
        content: "Hi",
        model: "gpt-5-mini",
        turnId: "0",
        toolRequests: [],
        reasoningText: "hm",
        reasoningOpaque: "secret",
        encryptedContent: "secret",
      },
      { kind: "message", messageId: "m", content: "Hi", reasoning: "hm" },
    ],
    [
      "assistant.reasoning_delta",
      { reasoningId: "r", deltaContent: "hm" },
      { kind: "reasoning_delta", reasoningId: "r", text: "hm" },
    ],
    [
      "assistant.reasoning",
      { reasoningId: "r", content: "hm" },
      { kind: "reasoning", reasoningId: "r", content: "hm" },
    ],
    [
      "assistant.usage",
      {
        model: "gpt-5-mini",
        inputTokens: 10,
        outputTokens: 5,
        cacheReadTokens: 2,
        reasoningTokens: 1,
        cost: 1,
        duration: 120,
        timeToFirstTokenMs: 30,
        apiEndpoint: "http://secret",
        quotaSnapshots: {},
      },
      {
        kind: "usage",
        usage: {
          model: "gpt-5-mini",
          inputTokens: 10,
          outputTokens: 5,
          cacheReadTokens: 2,
          reasoningTokens: 1,
          cost: 1,
          durationMs: 120,
          timeToFirstTokenMs: 30,
        },
      },
    ],
    ["session.idle", { mode: "interactive" }, { kind: "idle", aborted: false }],
    ["session.idle", { aborted: true }, { kind: "idle", aborted: true }],
  ])("%s is told on, with what people need and no more", (type, data, signal) => {
    expect(toSignal(event(type, data))).toEqual(signal);
  });

  it("without counted tokens still tell the model", () => {
    expect(toSignal(event("assistant.usage", { model: "x" }))).toMatchObject({
      usage: { model: "x", inputTokens: 0, outputTokens: 0 },
    });
  });
});

describe("the events of a bad turn", () => {
  it("tell each failed model call and the final error, classified", () => {
    expect(toSignal(event("model.call_failure", { statusCode: 429, errorMessage: "http://secret" }))).toEqual(
      {
        kind: "retrying",
        status: 429,
      },
    );
    expect(toSignal(event("model.call_failure", { failureKind: "transport" }))).toEqual({
      kind: "retrying",
      status: null,
    });
    expect(toSignal(event("model.call_failure", { statusCode: 402 }))).toBeNull();
    expect(
      toSignal(event("session.error", { errorType: "rate_limit", statusCode: 429, message: "slow down" })),
    ).toEqual({ kind: "failed", code: "rate_limited", detail: "slow down" });
  });
});

it.each([
  "pending_messages.modified",
  "session.title_changed",
  "session.mcp_servers_loaded",
  "session.tools_updated",
  "user.message",
  "system.message",
  "assistant.turn_start",
  "session.usage_info",
  "assistant.message_start",
  "assistant.turn_end",
  "session.usage_checkpoint",
  "assistant.idle",
  "session.start",
  "session.resume",
  "session.managed_settings_resolved",
  "session.skills_loaded",
  "session.info",
  "session.shutdown",
  "auto_mode_switch.requested",
  "abort",
  "permission.requested",
  "tool.execution_start",
  "a.type.of.tomorrow",
])("%s is not for people", (type) => {
  expect(toSignal(event(type, { content: "x", message: "x" }))).toBeNull();
});

it("what a sub-agent says is not part of the conversation", () => {
  const said = event("assistant.message_delta", { messageId: "m", deltaContent: "x" }, { agentId: "a" });
  expect(toSignal(said)).toBeNull();
});
