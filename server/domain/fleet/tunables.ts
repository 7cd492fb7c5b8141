/** A person's model list is asked again after this time. */
export const MODEL_LIST_TTL_MS = 60_000;
/** Most people whose model lists are remembered. */
export const MODEL_LISTS_MAX = 500;
/** How long asking for models waits for a CLI server. */
export const MODEL_LIST_WAIT_MS = 10_000;
/** A process looks this often which servers are draining. */
export const DRAINING_LOOK_MS = 2_000;
