import type { z } from "zod";
import { AppError } from "@/lib/errors/app-error";
import type { Clock } from "@/server/platform/clock";

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;
type Call = { url: string; init: RequestInit };

/** Longest wait for one answer, headers and body together. */
const GITHUB_TIMEOUT_MS = 10_000;
/** Pause before a reading call is tried a second time. */
const RETRY_AFTER_MS = 250;

/** No usable answer: the network failed, the call timed out, or GitHub answered with an error of its own. */
export const githubUnavailable = (cause: unknown) => new AppError("github_unavailable", { cause });

/** Statuses below 500 that say "not now": a later call may succeed. */
const isOverloaded = (status: number) => status >= 500 || status === 429 || status === 408;

async function once(fetch: Fetch, { url, init }: Call): Promise<{ status: number; text: string }> {
  try {
    // The answers used here are never redirects; following one could carry a token to another host.
    const signal = AbortSignal.timeout(GITHUB_TIMEOUT_MS);
    const response = await fetch(url, { ...init, redirect: "error", signal });
    const text = await response.text();
    if (isOverloaded(response.status)) throw new Error(`GitHub answered ${response.status}`);
    return { status: response.status, text };
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

/** Calls GitHub once; for calls that change something. */
export const send = once;

/** Calls GitHub, and a second time where the first gave no usable answer; for reading calls alone. */
export async function read(
  fetch: Fetch,
  clock: Clock,
  call: Call,
): Promise<{ status: number; text: string }> {
  try {
    return await once(fetch, call);
  } catch {
    await clock.sleep(RETRY_AFTER_MS);
    return once(fetch, call);
  }
}
