import { AppError } from "@/lib/errors/app-error";
import type { JsonSchema } from "@/lib/openapi";
import type { Field } from "./operation";
import type { Route } from "./routes";
import { BODY_BYTES_MAX } from "./tunables";

const invalid = (cause?: unknown) =>
  new AppError("invalid_input", { details: { body: "is not a JSON object" }, cause });

async function readBytes(body: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = body.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    size += next.value.byteLength;
    if (size > BODY_BYTES_MAX) throw new AppError("body_too_large");
    chunks.push(next.value);
  }
  return Buffer.concat(chunks);
}

function parse(bytes: Uint8Array): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw invalid(cause);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalid();
  return value as Record<string, unknown>;
}

/** The body as an object; an empty one is `{}`. Reads at most `BODY_BYTES_MAX`. Throws `media_type_not_supported`,
 *  `body_too_large` and `invalid_input`. */
async function bodyOf({ headers, body }: Request): Promise<Record<string, unknown>> {
  const type = headers.get("content-type");
  const isJson = type !== null && /^application\/json\s*(;|$)/i.test(type);
  if (type !== null && !isJson) throw new AppError("media_type_not_supported");
  if (Number(headers.get("content-length") ?? 0) > BODY_BYTES_MAX) throw new AppError("body_too_large");
  const bytes = body ? await readBytes(body) : new Uint8Array();
  if (bytes.byteLength === 0) return {};
  if (!isJson) throw new AppError("media_type_not_supported");
  return parse(bytes);
}

const isOf = ({ type }: JsonSchema, wanted: string) => [type].flat().includes(wanted);

// What cannot be read as what it should be stays as it is, and is refused where it is parsed.
function parsedAs(schema: JsonSchema, text: string): unknown {
  if ((isOf(schema, "integer") || isOf(schema, "number")) && /^-?\d{1,15}$/.test(text)) return Number(text);
  if (isOf(schema, "boolean") && (text === "true" || text === "false")) return text === "true";
  return text;
}

function inQuery(query: URLSearchParams, { name, schema }: Field): unknown {
  const texts = query.getAll(name);
  if (isOf(schema, "array")) return texts.length > 0 ? texts : undefined;
  return texts.length > 1 ? texts : texts.map((text) => parsedAs(schema, text))[0];
}

const DATE_TIME = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

// On this wire a time is text.
function inBody({ schema }: Field, value: unknown): unknown {
  return schema.format === "date-time" && typeof value === "string" && DATE_TIME.test(value)
    ? new Date(value)
    : value;
}

/** The input of a route's operation, from all over the request; parsed by nobody yet. */
export async function inputOf(
  request: Request,
  { operation, params }: Route,
): Promise<Record<string, unknown>> {
  const query = new URL(request.url).searchParams;
  const body = operation.fields.some((field) => field.in === "body") ? await bodyOf(request) : {};
  const values = operation.fields.map((field): [string, unknown] => {
    const given = {
      path: () => params[field.name],
      query: () => inQuery(query, field),
      header: () => request.headers.get(field.name) ?? undefined,
      body: () => (Object.hasOwn(body, field.name) ? inBody(field, body[field.name]) : undefined),
    }[field.in]();
    return [field.field, given === undefined ? field.generate?.() : given];
  });
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}
