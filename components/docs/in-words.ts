import type { JsonSchema } from "@/lib/openapi";

const TYPES: Record<string, string> = {
  string: "text",
  integer: "whole number",
  number: "number",
  boolean: "true or false",
  object: "object",
  null: "null",
};

const nameOf = (ref: string): string => ref.slice(ref.lastIndexOf("/") + 1);

function either(schemas: JsonSchema[]): string {
  return schemas.map(inWords).join(" or ");
}

function kindOf(schema: JsonSchema): string {
  const { $ref, type, format, enum: values, items, prefixItems, oneOf, anyOf } = schema;
  if ($ref) return nameOf($ref);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (values) return values.map((value) => JSON.stringify(value)).join(", ");
  if (oneOf ?? anyOf) return either(oneOf ?? anyOf ?? []);
  if (format === "date-time") return "time (ISO 8601)";
  if (prefixItems) return `list of ${prefixItems.length}`;
  if (type === "array") return items ? `list of ${inWords(items)}` : "list";
  return [type]
    .flat()
    .map((each) => TYPES[each ?? ""] ?? "anything")
    .join(" or ");
}

const count = (value: number): string => value.toLocaleString("en");
const counted = (characters: number): string =>
  `${count(characters)} ${characters === 1 ? "character" : "characters"}`;

function boundsOf({ minLength, maxLength, minimum, maximum }: JsonSchema): string[] {
  return [
    ...(minLength ? [`at least ${counted(minLength)}`] : []),
    ...(maxLength !== undefined ? [`at most ${counted(maxLength)}`] : []),
    ...(minimum !== undefined ? [`from ${count(minimum)}`] : []),
    ...(maximum !== undefined ? [`to ${count(maximum)}`] : []),
  ];
}

/** What a value has to be, or is: "text or null", "whole number, from 1, to 100, default 30". */
export function inWords(schema: JsonSchema): string {
  const fallback = schema.default === undefined ? [] : [`default ${JSON.stringify(schema.default)}`];
  return [kindOf(schema), ...boundsOf(schema), ...fallback].join(", ");
}

/** The name of the schema that this one is; null where it is none of those that have a name. */
export const namedSchema = ({ $ref }: JsonSchema): string | null => ($ref ? nameOf($ref) : null);
