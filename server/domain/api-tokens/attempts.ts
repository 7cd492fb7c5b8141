import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { AppError } from "@/lib/errors/app-error";
import { networkOf } from "./rules";
import { WRONG_TOKENS_MAX, WRONG_TOKENS_SECONDS } from "./tunables";

/** Wrong tokens by where they come from, as this process sees them. Both throw `too_many_attempts`, with
 *  `retryAfterSeconds`, where there were `WRONG_TOKENS_MAX` within `WRONG_TOKENS_SECONDS`. */
export type Attempts = {
  /** Before a token is looked up. */
  check(address: string | null): Promise<void>;
  /** Counts one that was wrong. Exact also for many at the same moment. */
  note(address: string | null): Promise<void>;
};

const tooMany = ({ msBeforeNext }: RateLimiterRes) =>
  new AppError("too_many_attempts", {
    details: { retryAfterSeconds: String(Math.max(1, Math.ceil(msBeforeNext / 1_000))) },
  });

/** No counts yet. Each is kept for `WRONG_TOKENS_SECONDS`. */
export function createAttempts(): Attempts {
  const wrong = new RateLimiterMemory({ points: WRONG_TOKENS_MAX, duration: WRONG_TOKENS_SECONDS });
  return {
    async check(address) {
      const counted = await wrong.get(networkOf(address));
      if (counted && counted.consumedPoints >= WRONG_TOKENS_MAX) throw tooMany(counted);
    },
    async note(address) {
      try {
        await wrong.consume(networkOf(address));
      } catch (refusal) {
        throw refusal instanceof RateLimiterRes ? tooMany(refusal) : refusal;
      }
    },
  };
}
