import type { ApiDocument, ApiOperation, ApiResponse, JsonSchema } from "@/lib/openapi";
import { PROCEDURES } from "@/server/trpc/root";
import type { Field, Operation } from "../operation";
import { OPERATIONS } from "../operations/all";
import { refusalResponses } from "./errors";
import { componentSchemas, schemaFor } from "./schemas";

/** The version of this wire; `/api/v1` is its first number. */
const VERSION = "1.0.0";

const DESCRIPTION = [
  "The same sessions, turns, events and jobs as in the browser, for programs. Everything is about what is your own.",
  "Say who you are with an API token (`Authorization: Bearer …`), made in the settings; a browser's login counts too. Scopes are listed with each operation: a token needs all of them.",
  "Errors are `application/problem+json`, each with a stable `code`. Who asks for more than they may is answered 429: `of` says whether the person or the token has used up what is theirs, `limit` how much that is, and `Retry-After` when to come back.",
].join("\n\n");

const TAGS: ApiDocument["tags"] = [
  { name: "Chat", description: "A message in, the answer out." },
  { name: "Sessions", description: "Conversations: make, find, rename, archive and delete them." },
  { name: "Events", description: "Everything that happens in a session, numbered." },
  { name: "Turns", description: "Prompts, and what becomes of them." },
  { name: "Jobs", description: "Prompts that run in the background, with answers that are kept." },
  { name: "Models", description: "What can answer." },
  { name: "Tokens", description: "With what your programs call." },
  { name: "Me", description: "Whose token this is." },
];

const LAST_EVENT_ID: ApiOperation["parameters"][number] = {
  name: "Last-Event-ID",
  in: "header",
  required: false,
  description: "For the event stream: the number of the last event that was seen.",
  schema: { type: "string" },
};

/** The scopes that a token needs for an operation. */
function scopesOf({ needs }: Operation): string[] {
  const scopes = needs.flatMap((procedure) => PROCEDURES[procedure]?._def.meta?.scope ?? []);
  return [...new Set(scopes)].filter((scope) => scope !== "any");
}

/** The same in words. `none` takes: no token may do it. */
function scopesInWords(scopes: readonly string[]): string {
  if (scopes.includes("none")) return "For people in a browser: no token may do it.";
  return scopes.length === 0
    ? "Any token may do it."
    : `Scopes: ${scopes.map((scope) => `\`${scope}\``).join(", ")}.`;
}

function parameterOf({ in: place, name, required, schema, description }: Field) {
  return place === "body" ? [] : [{ name, in: place, required, ...(description && { description }), schema }];
}

function bodyOf({ fields, example }: Operation): ApiOperation["requestBody"] {
  const own = fields.filter((field) => field.in === "body");
  if (own.length === 0) return undefined;
  const required = own.filter((field) => field.required).map(({ name }) => name);
  const schema: JsonSchema = {
    type: "object",
    properties: Object.fromEntries(own.map((field) => [field.name, field.schema])),
    ...(required.length > 0 && { required }),
  };
  const content = { "application/json": { schema, ...(example && { example }) } };
  return { required: required.length > 0, content };
}

const STREAM = {
  "text/event-stream": {
    schema: {
      type: "string",
      description: "Events, each with its number as `id` and the `Event` as `data`.",
    },
  },
};

function successOf({ status, output, location, streams }: Operation): ApiResponse {
  const json = output && { "application/json": { schema: schemaFor(output) } };
  return {
    description: { 200: "Done.", 201: "Made.", 202: "Accepted.", 204: "Done; there is nothing to say." }[
      status
    ],
    ...(location && {
      headers: { Location: { description: "Its path.", schema: { type: "string" } as JsonSchema } },
    }),
    ...(json && { content: { ...json, ...(streams && STREAM) } }),
  };
}

function operationOf(operation: Operation): ApiOperation {
  const { id, resource, summary, description, fields, streams } = operation;
  const requestBody = bodyOf(operation);
  const scopes = scopesOf(operation);
  return {
    operationId: id,
    tags: [resource],
    summary,
    description: [description, scopesInWords(scopes)].filter(Boolean).join("\n\n"),
    parameters: [...fields.flatMap(parameterOf), ...(streams ? [LAST_EVENT_ID] : [])],
    ...(requestBody && { requestBody }),
    responses: { [operation.status]: successOf(operation), ...refusalResponses(operation) },
    security: [...(scopes.includes("none") ? [] : [{ token: scopes }]), { browser: [] }],
  };
}

/** The OpenAPI document of this wire, made from the operations and the contracts of their procedures. The same for every
 *  installation but for the name of its cookie. */
export function apiDocument(cookieName: string): ApiDocument {
  const paths: ApiDocument["paths"] = {};
  for (const operation of OPERATIONS) {
    const { path, method } = operation;
    paths[path] = { ...paths[path], [method.toLowerCase()]: operationOf(operation) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Flightdeck",
      version: VERSION,
      summary: "GitHub Copilot sessions for programs.",
      description: DESCRIPTION,
    },
    servers: [{ url: "/" }],
    tags: TAGS,
    paths,
    components: {
      schemas: componentSchemas(),
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "An API token of yours." },
        browser: {
          type: "apiKey",
          in: "cookie",
          name: cookieName,
          description: "The login of a browser.",
        },
      },
    },
  };
}
