import { IDEMPOTENCY_KEY } from "./operations/idempotency-key";
import { PREFLIGHT_SECONDS } from "./tunables";

/** Of a request, what tells who calls. */
export type Caller = Pick<Request, "method" | "headers">;

// By these a browser says for whose page it calls, and as whom.
const OF_BROWSERS = ["cookie", "origin", "sec-fetch-site"];

const EXPOSED = "location, retry-after, www-authenticate, allow";
const ALLOWED = ["authorization", "content-type", "last-event-id", IDEMPOTENCY_KEY.toLowerCase()].join(", ");

/** What a page of another website may do. Where `origins` names it, it is a program like any other: it may read the
 *  answer, and is whoever its API token says; its browser's cookies do not count, and are not asked for. Where not, its
 *  browser keeps the answer from it. */
export function crossOrigin(
  { method, headers }: Caller,
  origins: readonly string[],
): { caller: Caller; answer: Record<string, string> } {
  const origin = headers.get("origin");
  const vary: Record<string, string> = origins.length > 0 ? { vary: "origin" } : {};
  if (origin === null || !origins.includes(origin)) return { caller: { method, headers }, answer: vary };
  const own = new Headers(headers);
  for (const name of OF_BROWSERS) own.delete(name);
  const isPreflight = method === "OPTIONS" && headers.has("access-control-request-method");
  return {
    caller: { method, headers: own },
    answer: {
      ...vary,
      "access-control-allow-origin": origin,
      ...(isPreflight
        ? {
            "access-control-allow-methods": "GET, HEAD, POST, PATCH, DELETE",
            "access-control-allow-headers": ALLOWED,
            "access-control-max-age": String(PREFLIGHT_SECONDS),
          }
        : { "access-control-expose-headers": EXPOSED }),
    },
  };
}
