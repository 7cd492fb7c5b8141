import { z } from "zod";
import { SessionId } from "./ids";
import { ModelId } from "./sessions";
import { IdempotencyKey, Prompt } from "./turns";

/** Without `sessionId` a new session is made. `model` is the session's from then on. */
export const ChatInput = z.object({
  sessionId: SessionId.nullish(),
  message: Prompt,
  model: ModelId.nullish(),
  idempotencyKey: IdempotencyKey.optional(),
});
export type ChatInput = z.infer<typeof ChatInput>;

/** `content`: the last message of the answer. */
export const ChatAnswer = z.object({ sessionId: z.string(), turnId: z.string(), content: z.string() });
export type ChatAnswer = z.infer<typeof ChatAnswer>;
