import { AppError } from "@/lib/errors/app-error";
import type { Env } from "@/server/platform/env";

const READING = new Set(["GET", "HEAD", "OPTIONS"]);

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}

/** Throws `cross_site_request` where a browser sends a changing request for a page that is not ours, so no other
 *  website can use a person's cookie. Reading requests pass, and so do programs, which send neither Sec-Fetch-Site
 *  nor Origin. A subdomain or another port of our own host counts as another website. An API token changes nothing about
 *  that: it belongs into a program, and no page of another website may use one. */
export function assertSameOrigin(
  request: Pick<Request, "method" | "headers">,
  env: Pick<Env, "APP_URL">,
): void {
  if (READING.has(request.method)) return;
  const site = request.headers.get("sec-fetch-site");
  if (site === "same-origin" || site === "none") return;
  const origin = request.headers.get("origin");
  const isOurs =
    origin === null ||
    origin === new URL(env.APP_URL).origin ||
    hostOf(origin) === request.headers.get("host");
  if (site !== null || !isOurs) throw new AppError("cross_site_request");
}
