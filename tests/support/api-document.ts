import { Ajv2020 } from "ajv/dist/2020";
import type { ApiOperation, JsonSchema } from "@/lib/openapi";
import { apiDocument } from "@/server/rest/openapi/document";
import type { Answer } from "./rest";

/** The document of a server whose address is http. */
export const API = apiDocument("next-auth.session-token");

// What it says about formats is about these alone.
const formats = { "date-time": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, "uri-reference": /^\S*$/ };
const ajv = new Ajv2020({ strict: false, allErrors: true, formats });

/** What is wrong with `value` where it should follow `schema`, a part of the document. */
export function complaintsOf(schema: JsonSchema, value: unknown): string[] {
  const validate = ajv.compile({ ...schema, components: API.components });
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** What is wrong with an answer by what the document says of its operation: a status, a type or a body that it does not
 *  know. */
export function complaintsAbout({ responses }: ApiOperation, { status, headers, body }: Answer): string[] {
  const known = responses[status];
  if (!known) return [`${status} ${JSON.stringify(body)} is not in the document`];
  const type = headers.get("content-type")?.split(";")[0] ?? "";
  if (!known.content) return body === "" ? [] : ["a body where none should be"];
  const schema = known.content[type]?.schema;
  return schema ? complaintsOf(schema, body) : [`${type} is not in the document for ${status}`];
}
