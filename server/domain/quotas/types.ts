import { AppError } from "@/lib/errors/app-error";
import type { ErrorCode } from "@/lib/errors/table";
import type { Actor } from "@/server/platform/scope";

/** What one person may have, with everything that is theirs together, and what each of their API tokens may. */
export type Quota = { perPerson: number; perToken: number };

/** `requests`: within `REQUESTS_SECONDS`. `streams`: open at once. `sessions`: stored, archived ones too. */
export type QuotaLimits = { requests: Quota; streams: Quota; sessions: Quota };

/** Whose quota is used up. */
export type Spender = "person" | "token";

export type Quotas = {
  /** Counts one request of the actor, and of their token. Throws `too_many_requests`. */
  countRequest(actor: Actor): Promise<void>;
  /** Opens one of the streams that the actor may have; it is one until the answered function is called, which may be
   *  done twice, or this process is gone. Throws `too_many_streams`. */
  openStream(actor: Actor): Promise<() => void>;
};

/** How large a quota is for one of the two. */
export const sizeOf = ({ perPerson, perToken }: Quota, of: Spender): number =>
  of === "person" ? perPerson : perToken;

type Exceeded = Extract<ErrorCode, `too_many_${"requests" | "streams" | "turns" | "sessions"}`>;

/** The error of a quota that is used up: whose, how large it is, and when to try again. */
export const exceeded = (
  code: Exceeded,
  { of, size, seconds }: { of: Spender; size: number; seconds: number },
): AppError =>
  new AppError(code, {
    details: { of, limit: String(size), retryAfterSeconds: String(Math.max(1, seconds)) },
  });
