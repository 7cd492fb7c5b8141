import type { Ids } from "@/server/platform/ids";
import { hashOf } from "./rules";
import type { JobStore } from "./store";
import type { JobMaking } from "./types";

/** How jobs are made, by whatever room. */
export const createJobMaking = (store: Pick<JobStore, "statement">, ids: Ids): JobMaking => ({
  toNew: (input, from) => ({
    ...{ ...input, ...from, id: ids.uuid(), asked: hashOf(input) },
    metadata: input.metadata === undefined ? null : JSON.stringify(input.metadata),
  }),
  statement: store.statement,
});
