import { KNOWN_TOKENS_MAX } from "./tunables";

/** Tokens that were good in this process lately, by their hash, and when their use was noted last. */
export function createKnownTokens() {
  const notedMs = new Map<string, number>();
  return {
    has: (hash: string): boolean => notedMs.has(hash),
    /** The token is good. True where its use was noted longer than `everyMs` ago, or never; from then on it is noted. */
    greet(hash: string, nowMs: number, everyMs: number): boolean {
      const before = notedMs.get(hash);
      const isDue = before === undefined || nowMs - before >= everyMs;
      // Again at the end: what is forgotten first was not used for longest.
      notedMs.delete(hash);
      notedMs.set(hash, isDue ? nowMs : before);
      const oldest = notedMs.keys().next().value;
      if (notedMs.size > KNOWN_TOKENS_MAX && oldest !== undefined) notedMs.delete(oldest);
      return isDue;
    },
    forget: (hash: string): void => {
      notedMs.delete(hash);
    },
  };
}
