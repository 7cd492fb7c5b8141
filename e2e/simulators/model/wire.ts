import type { ModelRequest } from "./model-request";

/** An answer as one of the three shapes writes it. Every method returns finished bytes of the stream. */
export type Wire = {
  /** Everything before the first piece. */
  begin(): string;
  reasoning(token: string): string;
  /** Between the last piece of reasoning and the first piece of text; also written when there was no reasoning. */
  beginText(): string;
  text(token: string): string;
  /** Everything after the last piece, with the usage. */
  end(): string;
  /** The answer to a request that did not ask for a stream. */
  whole(): object;
};

export type WireInput = { request: ModelRequest; reasoning: string[]; tokens: string[]; id: string };

export function usageOf({ request, reasoning, tokens }: WireInput) {
  const output = reasoning.length + tokens.length;
  return {
    input: request.promptTokens,
    output,
    reasoning: reasoning.length,
    total: request.promptTokens + output,
  };
}

export function sse(data: object, event?: string): string {
  return `${event ? `event: ${event}\n` : ""}data: ${JSON.stringify(data)}\n\n`;
}
