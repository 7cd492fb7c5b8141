import type { ApiOperation } from "@/lib/openapi";

/** Text as a shell takes it whole. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** A call of an operation for a terminal: `$URL` is where Flightdeck is, `$TOKEN` an API token, `$COOKIE` that of a
 *  browser's login where no token may do it, and what the path names are variables too. */
export function curlOf(method: string, path: string, { requestBody, security }: ApiOperation): string {
  const address = path.replace(/\{(\w+)\}/g, (_, name: string) => `$${name}`);
  const example = requestBody?.content["application/json"]?.example;
  const parts = [
    `curl${method === "get" ? "" : ` -X ${method.toUpperCase()}`} "$URL${address}"`,
    security.some(({ token }) => token) ? `-H "Authorization: Bearer $TOKEN"` : `-H "Cookie: $COOKIE"`,
    ...(example === undefined
      ? []
      : ["-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(example))}`]),
  ];
  return parts.join(" \\\n  ");
}
