import type { Wire, WireInput } from "./wire";
import { sse, usageOf } from "./wire";

/** OpenAI responses: a reasoning item with a summary where there is reasoning, then one message. */
export function responsesWire(input: WireInput): Wire {
  const { request, id } = input;
  const text = input.tokens.join("");
  const reasoningText = input.reasoning.join("");
  const messageIndex = input.reasoning.length > 0 ? 1 : 0;
  const used = usageOf(input);
  const summary = { type: "summary_text", text: reasoningText };
  const part = { type: "output_text", text, annotations: [] };
  const reasoningItem = {
    id: `rs_${id}`,
    type: "reasoning",
    summary: [summary],
    encrypted_content: "c2ltdWxhdGVk",
  };
  const messageItem = {
    id: `msg_${id}`,
    type: "message",
    role: "assistant",
    status: "completed",
    content: [part],
  };
  const response = {
    id: `resp_${id}`,
    object: "response",
    created_at: Math.floor(Date.now() / 1000),
    model: request.model,
    parallel_tool_calls: true,
    tool_choice: "auto",
    tools: [],
  };
  const completed = {
    ...response,
    status: "completed",
    error: null,
    incomplete_details: null,
    output: messageIndex === 1 ? [reasoningItem, messageItem] : [messageItem],
    usage: {
      input_tokens: used.input,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: used.output,
      output_tokens_details: { reasoning_tokens: used.reasoning },
      total_tokens: used.total,
    },
  };

  let sequence = 0;
  const event = (type: string, data: object) => sse({ type, sequence_number: sequence++, ...data }, type);
  const inReasoning = { item_id: reasoningItem.id, output_index: 0, summary_index: 0 };
  const inMessage = { item_id: messageItem.id, output_index: messageIndex, content_index: 0 };
  return {
    begin: () => {
      const running = { response: { ...response, status: "in_progress", output: [] } };
      const opened = event("response.created", running) + event("response.in_progress", running);
      if (messageIndex === 0) return opened;
      return (
        opened +
        event("response.output_item.added", { output_index: 0, item: { ...reasoningItem, summary: [] } }) +
        event("response.reasoning_summary_part.added", { ...inReasoning, part: { ...summary, text: "" } })
      );
    },
    reasoning: (token) => event("response.reasoning_summary_text.delta", { ...inReasoning, delta: token }),
    beginText: () => {
      const closed =
        messageIndex === 0
          ? ""
          : event("response.reasoning_summary_text.done", { ...inReasoning, text: reasoningText }) +
            event("response.reasoning_summary_part.done", { ...inReasoning, part: summary }) +
            event("response.output_item.done", { output_index: 0, item: reasoningItem });
      const item = { ...messageItem, status: "in_progress", content: [] };
      return (
        closed +
        event("response.output_item.added", { output_index: messageIndex, item }) +
        event("response.content_part.added", { ...inMessage, part: { ...part, text: "" } })
      );
    },
    text: (token) => event("response.output_text.delta", { ...inMessage, delta: token, logprobs: [] }),
    end: () =>
      event("response.output_text.done", { ...inMessage, text, logprobs: [] }) +
      event("response.content_part.done", { ...inMessage, part }) +
      event("response.output_item.done", { output_index: messageIndex, item: messageItem }) +
      event("response.completed", { response: completed }),
    whole: () => completed,
  };
}
