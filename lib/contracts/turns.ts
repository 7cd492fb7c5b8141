import { z } from "zod";
import { SessionId, TurnId } from "./ids";
import { Text } from "./text";

/** Longest prompt, in UTF-16 code units after trimming. */
export const PROMPT_CHARS_MAX = 100_000;
export const IDEMPOTENCY_KEY_CHARS_MAX = 200;

export const TurnStatus = z.enum(["queued", "running", "succeeded", "failed", "aborted"]);
export type TurnStatus = z.infer<typeof TurnStatus>;

export const Prompt = Text.pipe(
  z
    .string()
    .trim()
    .min(1, "Write a prompt first.")
    .max(PROMPT_CHARS_MAX, `A prompt may have at most ${PROMPT_CHARS_MAX.toLocaleString("en")} characters.`),
);

/** Made up by the caller, another one for each thing to be done; the same key does it once. */
export const IdempotencyKey = Text.pipe(z.string().min(1).max(IDEMPOTENCY_KEY_CHARS_MAX));

export const SendPromptInput = z.object({
  sessionId: SessionId,
  prompt: Prompt,
  idempotencyKey: IdempotencyKey,
});
export type SendPromptInput = z.infer<typeof SendPromptInput>;

/** `seq` is the number of the prompt's `user.message` event. */
export const TurnRef = z.object({ turnId: z.string(), seq: z.number().int(), status: TurnStatus });
export type TurnRef = z.infer<typeof TurnRef>;

export const AbortTurnInput = z.object({ sessionId: SessionId });
/** `aborted` is false where no turn was active. */
export const AbortTurnResult = z.object({ aborted: z.boolean() });
export type AbortTurnResult = z.infer<typeof AbortTurnResult>;

export const TurnInput = z.object({ turnId: TurnId });

export const Turn = z.object({
  turnId: z.string(),
  sessionId: z.string(),
  seq: z.number().int(),
  status: TurnStatus,
  prompt: z.string(),
  model: z.string().nullable(),
  retryOf: z.string().nullable(),
  code: z.string().nullable(),
  message: z.string().nullable(),
  createdAt: z.date(),
  startedAt: z.date().nullable(),
  endedAt: z.date().nullable(),
});
export type Turn = z.infer<typeof Turn>;
