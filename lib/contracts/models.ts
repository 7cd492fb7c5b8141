import { z } from "zod";

/** A model that this person may pick. `multiplier`: premium requests per prompt, null where not billed so.
 *  `contextTokens`: window in tokens, null where unknown. `provider`: whose endpoint it is at, the person's own or one that
 *  is there for everyone (`shared`); null: Copilot's. */
export const Model = z.object({
  id: z.string(),
  name: z.string(),
  contextTokens: z.number().nullable(),
  multiplier: z.number().nullable(),
  vision: z.boolean(),
  reasoning: z.boolean(),
  provider: z.object({ name: z.string(), shared: z.boolean() }).nullable(),
});
export type Model = z.infer<typeof Model>;

/** `defaultModel` is what a session without a choice of its own uses. `copilot`: the error code for which Copilot's models
 *  are not among them, which happens only where there are others; null where they are. */
export const ModelList = z.object({
  models: z.array(Model),
  defaultModel: z.string().nullable(),
  copilot: z.string().nullable(),
});
export type ModelList = z.infer<typeof ModelList>;
