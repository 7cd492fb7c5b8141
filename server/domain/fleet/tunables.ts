/** A person's model list is asked again after this time. */
export const MODEL_LIST_TTL_MS = 60_000;
/** Most people whose model lists are remembered. */
export const MODEL_LISTS_MAX = 500;
/** How long asking for models waits for a CLI server. */
export const MODEL_LIST_WAIT_MS = 10_000;
/** A process looks this often what administrators have decided about the fleet. */
export const FLEET_LOOK_MS = 2_000;
/** How long a server that is to be restarted may finish its turns; what runs then goes on elsewhere. */
export const RESTART_GRACE_MS = 30_000;
/** Meanwhile it is looked this often whether they have ended. */
export const RESTART_LOOK_MS = 500;
/** Most sessions of a server that are counted. */
export const SESSIONS_COUNTED_MAX = 100_000;
