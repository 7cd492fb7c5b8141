import { processEnv } from "@/server/platform/env";

/** What a page may load and run: its own scripts by nonce, its own styles, pictures over https (avatars), and calls
 *  to its own origin alone. Highlighted code carries its colours in style attributes, hence `unsafe-inline` there. */
export function contentSecurityPolicy(nonce: string): string {
  const { FLIGHTDECK_DEMO, NODE_ENV } = processEnv();
  // The stand-in for GitHub serves the avatars of the demo; React's development build needs eval.
  const pictures = FLIGHTDECK_DEMO === "1" ? " http://127.0.0.1:*" : "";
  const evaluate = NODE_ENV === "development" ? " 'unsafe-eval'" : "";
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${evaluate}`,
    "style-src 'self' 'unsafe-inline'",
    `img-src 'self' data: https:${pictures}`,
    "connect-src 'self'",
    "font-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    `form-action 'self' https:${pictures}`,
    "frame-ancestors 'none'",
  ].join("; ");
}
