import type { Scope } from "@/lib/contracts/scopes";

/** What each scope opens, as it is offered. */
export const SCOPE_WORDS: Record<Scope, string> = {
  "sessions:read": "See your sessions, follow their answers live, and list models.",
  "sessions:write":
    "Start sessions, send prompts, stop answers, rename and delete; bring models of your own.",
  jobs: "Make jobs and schedules, see their results, cancel and start again.",
  admin: "See and do in the administration what your role allows.",
};

const NEVER = "never";
export const LIFE_OPTIONS = [
  { value: "7", label: "7 days" },
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "365", label: "a year" },
  { value: NEVER, label: "no end" },
] as const;
export type Life = (typeof LIFE_OPTIONS)[number]["value"];

/** How many days a token lives; null: until it is revoked. */
export const daysOf = (life: Life): number | null => (life === NEVER ? null : Number(life));

const DAY = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", year: "numeric" });

/** A name for a token that is made now. */
export const nameFor = (now: Date): string => `Token of ${DAY.format(now)}`;

/** What to type into a terminal to try a token at the server at `origin`. */
export const tryingLine = (origin: string, token: string): string =>
  `curl -H "Authorization: Bearer ${token}" ${origin}/api/trpc/me.get`;
