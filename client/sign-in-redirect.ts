/** Sends the person to sign in and back to where they are. Drafts stay in the browser. */
export function redirectToSignIn(
  reason: "SessionRequired" | "github_sign_in_required" = "SessionRequired",
): void {
  window.location.assign(signInHref(window.location.pathname, reason));
}

export function signInHref(callbackUrl: string, reason?: string): string {
  const query = new URLSearchParams({ callbackUrl });
  if (reason) query.set("error", reason);
  return `/signin?${query}`;
}

/** The path to return to after signing in. Anything that is not a path of this site becomes "/". */
export function safeCallback(value: string | null | undefined): string {
  if (!value) return "/";
  try {
    const base = "https://flightdeck.invalid";
    const url = new URL(value, base);
    if (url.origin !== base || url.pathname.startsWith("/signin") || url.pathname.startsWith("/api/"))
      return "/";
    return `${url.pathname}${url.search}`;
  } catch {
    return "/";
  }
}
