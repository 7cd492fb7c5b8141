import type { SessionEvent } from "@github/copilot-sdk";
import { classifySessionError } from "./classify";
import { turnOf } from "./turn-source";
import type { CopilotSignal } from "./types";

// The CLI asks the model again after other failures, but takes these as the answer (CLI 1.0.85).
const FINAL_STATUSES: ReadonlySet<number> = new Set([400, 402, 403, 404]);

/** Translates one SDK event; null for everything that is not on the allow-list. Sub-agents' events (`agentId`)
 *  are left out: they are not part of the conversation. */
export function toSignal(event: SessionEvent): CopilotSignal | null {
  if (event.agentId !== undefined) return null;
  switch (event.type) {
    case "user.message": {
      const turnId = turnOf(event.data.source);
      return turnId === null ? null : { kind: "prompted", turnId };
    }
    case "assistant.message_delta":
      return { kind: "delta", messageId: event.data.messageId, text: event.data.deltaContent };
    case "assistant.message":
      return {
        kind: "message",
        messageId: event.data.messageId,
        content: event.data.content,
        reasoning: event.data.reasoningText ?? null,
      };
    case "assistant.reasoning_delta":
      return {
        kind: "reasoning_delta",
        reasoningId: event.data.reasoningId,
        text: event.data.deltaContent,
      };
    case "assistant.reasoning":
      return { kind: "reasoning", reasoningId: event.data.reasoningId, content: event.data.content };
    case "assistant.usage":
      return {
        kind: "usage",
        usage: {
          model: event.data.model,
          inputTokens: event.data.inputTokens ?? 0,
          outputTokens: event.data.outputTokens ?? 0,
          cacheReadTokens: event.data.cacheReadTokens,
          reasoningTokens: event.data.reasoningTokens,
          cost: event.data.cost,
          durationMs: event.data.duration,
          timeToFirstTokenMs: event.data.timeToFirstTokenMs,
        },
      };
    case "model.call_failure": {
      const status = event.data.statusCode ?? null;
      return status !== null && FINAL_STATUSES.has(status) ? null : { kind: "retrying", status };
    }
    case "session.error":
      return { kind: "failed", code: classifySessionError(event.data), detail: event.data.message };
    case "session.idle":
      return { kind: "idle", aborted: event.data.aborted ?? false };
    default:
      return null;
  }
}
