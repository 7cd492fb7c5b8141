import type { Wire, WireInput } from "./wire";
import { sse, usageOf } from "./wire";

/** Anthropic messages: a thinking block where there is reasoning, then one text block. */
export function messagesWire(input: WireInput): Wire {
  const { request, id } = input;
  const used = usageOf(input);
  const textIndex = input.reasoning.length > 0 ? 1 : 0;
  const message = { id: `msg_${id}`, type: "message", role: "assistant", model: request.model };
  const usage = { input_tokens: used.input, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };
  const event = (type: string, data: object) => sse({ type, ...data }, type);
  const start = (index: number, block: object) =>
    event("content_block_start", { index, content_block: block });
  const delta = (index: number, change: object) => event("content_block_delta", { index, delta: change });
  const stop = (index: number) => event("content_block_stop", { index });
  const thinking = { type: "thinking", thinking: input.reasoning.join(""), signature: "c2ltdWxhdGVk" };
  return {
    begin: () =>
      event("message_start", {
        message: {
          ...message,
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: { ...usage, output_tokens: 1 },
        },
      }) + (textIndex === 1 ? start(0, { type: "thinking", thinking: "", signature: "" }) : ""),
    reasoning: (token) => delta(0, { type: "thinking_delta", thinking: token }),
    beginText: () => {
      const closed =
        textIndex === 1 ? delta(0, { type: "signature_delta", signature: thinking.signature }) + stop(0) : "";
      return closed + start(textIndex, { type: "text", text: "" });
    },
    text: (token) => delta(textIndex, { type: "text_delta", text: token }),
    end: () =>
      stop(textIndex) +
      event("message_delta", {
        delta: { stop_reason: "end_turn", stop_sequence: null },
        usage: { ...usage, output_tokens: used.output },
      }) +
      event("message_stop", {}),
    whole: () => ({
      ...message,
      content: [...(textIndex === 1 ? [thinking] : []), { type: "text", text: input.tokens.join("") }],
      stop_reason: "end_turn",
      stop_sequence: null,
      usage: { ...usage, output_tokens: used.output },
    }),
  };
}
