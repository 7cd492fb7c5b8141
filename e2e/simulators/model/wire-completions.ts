import type { Wire, WireInput } from "./wire";
import { sse, usageOf } from "./wire";

/** OpenAI chat completions, with reasoning in the fields that Copilot's own API and other endpoints use. */
export function completionsWire(input: WireInput): Wire {
  const { request, id } = input;
  const created = Math.floor(Date.now() / 1000);
  const base = { id: `chatcmpl-${id}`, object: "chat.completion.chunk", created, model: request.model };
  const chunk = (delta: object, finishReason: string | null = null) =>
    sse({ ...base, choices: [{ index: 0, delta, finish_reason: finishReason, logprobs: null }] });
  // The two parts of a chunk around its token are made once: one token then costs one string escape.
  const around = (field: string) => {
    const [before = "", after = ""] = chunk({ [field]: "\u0000" }).split(JSON.stringify("\u0000"));
    return (token: string) => before + JSON.stringify(token) + after;
  };
  const used = usageOf(input);
  const usage = {
    prompt_tokens: used.input,
    completion_tokens: used.output,
    total_tokens: used.total,
    prompt_tokens_details: { cached_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: used.reasoning },
  };
  return {
    begin: () => chunk({ role: "assistant", content: "" }),
    reasoning: around("reasoning_text"),
    beginText: () => "",
    text: around("content"),
    end: () => {
      const usageChunk = request.includeUsage ? sse({ ...base, choices: [], usage }) : "";
      return `${chunk({}, "stop")}${usageChunk}data: [DONE]\n\n`;
    },
    whole: () => ({
      ...base,
      object: "chat.completion",
      choices: [
        {
          index: 0,
          finish_reason: "stop",
          logprobs: null,
          message: {
            role: "assistant",
            content: input.tokens.join(""),
            ...(input.reasoning.length > 0 ? { reasoning_text: input.reasoning.join("") } : {}),
          },
        },
      ],
      usage,
    }),
  };
}
