import type { Operation } from "@/server/rest/operation";

const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** The request for an operation that has each field of `input` where this wire wants it. */
export function requestFor(
  { method, path, fields }: Operation,
  input: Record<string, unknown>,
  { origin, headers }: { origin: string; headers: Record<string, string> },
): Request {
  const address = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(textOf(input[name])));
  const url = new URL(address, origin);
  const sent = new Headers(headers);
  const body: Record<string, unknown> = {};
  for (const { field, in: place, name } of fields) {
    const value = input[field];
    if (value === undefined) continue;
    if (place === "query") url.searchParams.set(name, textOf(value));
    if (place === "header") sent.set(name, textOf(value));
    if (place === "body") body[name] = value;
  }
  const hasBody = fields.some((field) => field.in === "body");
  return new Request(url, { method, headers: sent, ...(hasBody && { body: JSON.stringify(body) }) });
}
