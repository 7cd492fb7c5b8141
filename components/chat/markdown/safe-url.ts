const SAFE_PROTOCOLS = new Set(["http:", "https:", "mailto:"]);

/** The address of a link in an answer, if it may be followed: absolute, and http, https or mailto. Null for
 *  anything else: scripts, data, and paths of this site, which an answer has no business pointing at. */
export function safeUrl(href: string): string | null {
  try {
    const url = new URL(href);
    return SAFE_PROTOCOLS.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}
