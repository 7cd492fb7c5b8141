import { z } from "zod";

/** Most rows that one call acts on. */
export const BULK_IDS_MAX = 1_000;

export const BulkIds = z.array(z.uuid()).min(1).max(BULK_IDS_MAX);

/** What became of each id, in the order in which they were given. */
export const BulkResult = z.object({
  results: z.array(
    z.discriminatedUnion("ok", [
      z.object({ id: z.string(), ok: z.literal(true) }),
      z.object({ id: z.string(), ok: z.literal(false), code: z.string(), message: z.string() }),
    ]),
  ),
});
export type BulkResult = z.infer<typeof BulkResult>;
