/** The name under which a browser keeps its login. Browsers take the prefix over https alone. */
export const sessionCookieName = (appUrl: string) =>
  `${appUrl.startsWith("https://") ? "__Secure-" : ""}next-auth.session-token`;

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** Reads a Cookie header. Never throws; of two cookies with one name the first counts, as browsers send the more
 *  specific one first. */
export function readCookies(header: string | null): Record<string, string> {
  const cookies = new Map<string, string>();
  for (const part of (header ?? "").split(";")) {
    const at = part.indexOf("=");
    const name = part.slice(0, at).trim();
    if (at < 1 || cookies.has(name)) continue;
    cookies.set(
      name,
      decode(
        part
          .slice(at + 1)
          .trim()
          .replace(/^"(.*)"$/, "$1"),
      ),
    );
  }
  return Object.fromEntries(cookies);
}
