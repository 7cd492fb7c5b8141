import { z } from "zod";

/** The three shapes in which a model endpoint is asked. */
export type WireFormat = "completions" | "responses" | "messages";

export type ModelRequest = {
  format: WireFormat;
  model: string;
  stream: boolean;
  includeUsage: boolean;
  /** The last user message, without what the CLI wraps around it. */
  promptText: string;
  /** Whether the word is anywhere in the request but in the last prompt. */
  knows(word: string): boolean;
  /** User messages in the request that have text. */
  promptCount: number;
  promptTokens: number;
};

const CHARS_PER_TOKEN = 4;
/** What the runtime adds to a user message; a word in there must not choose the answer. */
const WRAPPERS =
  /<(current_datetime|reminder|system_reminder|system_notification|tagged_files|todo_status|sql_tables)\b[^>]*>[\s\S]*?<\/\1>/g;

const Content = z.union([
  z.string(),
  z.array(z.object({ type: z.string(), text: z.string().optional() }).loose()),
  z.null(),
]);
const Message = z.object({ role: z.string().optional(), content: Content.optional() }).loose();
const Body = z
  .object({
    model: z.string().min(1),
    stream: z.boolean().nullish(),
    stream_options: z.object({ include_usage: z.boolean().nullish() }).loose().nullish(),
    messages: z.array(Message).optional(),
    input: z.union([z.string(), z.array(Message)]).optional(),
    /** The system prompt, where it is not a message. */
    instructions: z.unknown().optional(),
    system: z.unknown().optional(),
  })
  .loose();

/** Reads a request in any of the three shapes; null when it is not one. */
export function parseModelRequest(format: WireFormat, json: unknown): ModelRequest | null {
  const parsed = Body.safeParse(json);
  if (!parsed.success) return null;
  const { model, stream, stream_options, messages, input, instructions, system } = parsed.data;
  const asked = format === "responses" ? input : messages;
  if (asked === undefined) return null;
  const prompts = typeof asked === "string" ? [asked] : userTexts(asked);
  // A tool result also travels as a user message in one of the shapes: the last one with text is meant.
  const promptText = prompts.at(-1) ?? "";
  const everything = JSON.stringify([asked, instructions, system]);
  return {
    format,
    knows: (word) => everything.split(word).length > promptText.split(word).length,
    model,
    stream: stream === true,
    includeUsage: stream_options?.include_usage === true,
    promptText: promptText.replace(WRAPPERS, "").trim(),
    promptCount: prompts.length,
    promptTokens: Math.ceil(everything.length / CHARS_PER_TOKEN),
  };
}

const userTexts = (messages: z.infer<typeof Message>[]): string[] =>
  messages
    .filter(({ role }) => role === "user")
    .map(({ content }) => contentText(content ?? null))
    .filter((text) => text !== "");

function contentText(content: z.infer<typeof Content>): string {
  if (content === null) return "";
  if (typeof content === "string") return content;
  return content
    .map((part) => (part.type === "text" || part.type === "input_text" ? (part.text ?? "") : ""))
    .join("\n");
}
