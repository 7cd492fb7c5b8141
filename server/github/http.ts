import type { z } from "zod";
import { AppError } from "@/lib/errors/app-error";
import type { Clock } from "@/server/platform/clock";

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;
export type Call = { url: string; init: RequestInit };
type Answer = { status: number; text: string; headers: Headers };

/** Longest wait for one answer, headers and body together. */
const GITHUB_TIMEOUT_MS = 10_000;
/** Pause before a call that may be repeated is tried a second time. */
const RETRY_AFTER_MS = 250;

/** No usable answer: the network failed, the call timed out, or GitHub answered with an error of its own. */
export const githubUnavailable = (cause: unknown) => new AppError("github_unavailable", { cause });

/** Answers that say "not now": a later call may succeed. GitHub also says 403 where a limit is used up. */
const isOverloaded = ({ status, headers }: Response) =>
  status >= 500 ||
  status === 429 ||
  status === 408 ||
  (status === 403 && (headers.has("retry-after") || headers.get("x-ratelimit-remaining") === "0"));

/** Calls GitHub once. */
export async function callOnce(fetch: Fetch, { url, init }: Call): Promise<Answer> {
  try {
    // The answers used here are never redirects; following one could carry a token to another host.
    const signal = AbortSignal.timeout(GITHUB_TIMEOUT_MS);
    const response = await fetch(url, { ...init, redirect: "error", signal });
    const text = await response.text();
    if (isOverloaded(response)) throw new Error(`GitHub answered ${response.status}`);
    return { status: response.status, text, headers: response.headers };
  } catch (cause) {
    throw githubUnavailable(cause);
  }
}

/** Parses a body that must be JSON of this shape; anything else is `github_unavailable` (a proxy's error page). */
export function parseAnswer<T>(schema: z.ZodType<T>, text: string): T {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // The parser's own error quotes the text, which may hold a token.
    throw githubUnavailable(new Error("GitHub's answer is not JSON"));
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => issue.path.join(".") || "the answer");
  throw githubUnavailable(new Error(`GitHub's answer has an unexpected shape: ${fields.join(", ")}`));
}

/** Calls GitHub, and a second time where the first gave no usable answer: a kept connection may have been closed at
 *  that moment. For calls that do no harm if GitHub has taken the first one. */
export async function callTwice(fetch: Fetch, clock: Clock, request: Call): Promise<Answer> {
  try {
    return await callOnce(fetch, request);
  } catch {
    await clock.sleep(RETRY_AFTER_MS);
    return callOnce(fetch, request);
  }
}
