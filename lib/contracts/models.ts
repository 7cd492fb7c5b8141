import { z } from "zod";

/** A model that this person may pick. `multiplier`: premium requests per prompt, null where not billed so.
 *  `contextTokens`: window in tokens, null where unknown. */
export const Model = z.object({
  id: z.string(),
  name: z.string(),
  contextTokens: z.number().nullable(),
  multiplier: z.number().nullable(),
  vision: z.boolean(),
  reasoning: z.boolean(),
});
export type Model = z.infer<typeof Model>;

/** `defaultModel` is what a session without a choice of its own uses. */
export const ModelList = z.object({ models: z.array(Model), defaultModel: z.string().nullable() });
export type ModelList = z.infer<typeof ModelList>;
