import { createHash } from "node:crypto";
import type { CreateJobInput, JobTry } from "@/lib/contracts/jobs";
import { ERROR_TABLE, type ErrorCode } from "@/lib/errors/table";
import type { TurnFailureCode } from "@/lib/errors/turn-failures";
import { BACKOFF_LAST_MS, JITTER, PUT_OFF_FIRST_MS, PUT_OFF_LAST_MS } from "./tunables";

/** The first pause after a turn that failed so, in milliseconds; null where another turn would fail too. */
const PAUSE_AFTER_MS: Record<TurnFailureCode, number | null> = {
  github_sign_in_required: null,
  copilot_not_licensed: null,
  model_not_available: null,
  provider_not_available: null,
  provider_rejected_key: null,
  address_closed: null,
  service_identity_refused: null,
  model_rejected: null,
  context_limit: null,
  rate_limited: 60_000,
  model_unavailable: 5_000,
  fleet_exhausted: 5_000,
  timed_out: 5_000,
  internal: 5_000,
  cli_server_lost: 1_000,
  interrupted: 1_000,
};

/** Whether a prompt that was refused so is worth sending again, without counting as an attempt: nothing is wrong with the
 *  job, but there is no room, or its session is in use. */
export const isPutOff = (code: ErrorCode): boolean =>
  ERROR_TABLE[code].retryable || code === "turn_already_active";

const growing = (firstMs: number, lastMs: number, times: number): number =>
  Math.min(lastMs, firstMs * 2 ** Math.min(times, 30));

/** `random`, in [0, 1), moves the pause by `JITTER` of itself at most. */
const jittered = (ms: number, random: number): number => Math.round(ms * (1 + JITTER * (2 * random - 1)));

/** How long a job waits that was put off `waits` times before, in milliseconds. */
export const putOffMs = (waits: number, random: number): number =>
  jittered(growing(PUT_OFF_FIRST_MS, PUT_OFF_LAST_MS, waits), random);

/** The limits on a job's attempts. `attempts`: those before the one that failed. */
export type Attempts = { attempts: number; maxAttempts: number };

/** How long a job waits after a turn that failed with `code`, in milliseconds; null where that was its last. */
export function retryInMs(code: string, { attempts, maxAttempts }: Attempts, random: number): number | null {
  const firstMs = Object.hasOwn(PAUSE_AFTER_MS, code) ? PAUSE_AFTER_MS[code as TurnFailureCode] : null;
  if (firstMs === null || attempts + 1 >= maxAttempts) return null;
  return jittered(growing(firstMs, BACKOFF_LAST_MS, attempts), random);
}

/** The key under which a job sends its next prompt: the same for everybody who carries the job before that turn's end,
 *  so that the prompt is sent once. */
export const turnKeyOf = ({ id, turns }: { id: string; turns: number }): string => `job:${id}:${turns + 1}`;

/** Why a job's turn was asked to stop. */
export type StopReason = "cancelled" | "deadline_passed";

/** How a job's turn ended; null where it is not known any more, because its session is gone. */
export type TurnEnd = {
  outcome: JobTry["outcome"];
  code?: string | null | undefined;
  text: string | null;
} | null;

/** What becomes of a job. `runInMs`: when it starts again. */
export type Fate =
  | { status: "succeeded"; result: string | null }
  | { status: "failed"; code: string; result: string | null }
  | { status: "cancelled"; result: string | null }
  | { status: "queued"; code: string; runInMs: number };

/** What becomes of a job whose turn has ended. A turn that somebody stopped is not tried again. */
export function fateOf(
  end: TurnEnd,
  stopped: StopReason | null,
  { random, ...attempts }: Attempts & { random: number },
): Fate {
  if (!end) return { status: "failed", code: "session_not_found", result: null };
  if (end.outcome === "succeeded") return { status: "succeeded", result: end.text };
  if (stopped === "deadline_passed") return { status: "failed", code: stopped, result: end.text };
  if (stopped === "cancelled" || end.outcome === "aborted") return { status: "cancelled", result: end.text };
  const code = end.code ?? "internal";
  const runInMs = retryInMs(code, attempts, random);
  return runInMs === null
    ? { status: "failed", code, result: end.text }
    : { status: "queued", code, runInMs };
}

/** The same text for inputs that ask for the same. */
export function hashOf({ idempotencyKey: _, ...input }: CreateJobInput): string {
  const sorted = (value: unknown): unknown => {
    if (value instanceof Date) return value.toISOString();
    if (Array.isArray(value)) return value.map(sorted);
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value).filter(([, each]) => each !== undefined);
    return entries
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, each]) => [key, sorted(each)]);
  };
  return createHash("sha256")
    .update(JSON.stringify(sorted(input)))
    .digest("base64url");
}
