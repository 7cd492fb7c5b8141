import fc from "fast-check";
import type { JsonSchema } from "@/lib/openapi";

/** Longest text that is tried, and longest list. */
const TEXT_CHARS = 40;
const LIST_MAX = 4;

/** Numbers around zero, where a schema names no bound. */
const NUMBER_MAX = 9;

function ofType(type: string, schema: JsonSchema): fc.Arbitrary<unknown> {
  const { minLength = 0, maxLength = TEXT_CHARS, minimum = -NUMBER_MAX, maximum = NUMBER_MAX } = schema;
  const { items, properties = {}, required = [] } = schema;
  switch (type) {
    case "string":
      return fc.string({ minLength, maxLength: Math.min(maxLength, TEXT_CHARS), unit: "grapheme" });
    case "integer":
    case "number":
      return fc.integer({ min: minimum, max: Math.max(minimum, maximum) });
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "array":
      return fc.array(items ? fitting(items) : fc.jsonValue(), { maxLength: LIST_MAX });
    case "object": {
      const fields = Object.entries(properties).map(([name, field]): [string, fc.Arbitrary<unknown>] => {
        const value = fitting(field);
        return [name, required.includes(name) ? value : fc.option(value, { nil: undefined })];
      });
      return fc.record(Object.fromEntries(fields));
    }
    default:
      return fc.jsonValue();
  }
}

/** What follows a schema of the document, as far as it says. */
export function fitting(schema: JsonSchema): fc.Arbitrary<unknown> {
  const { const: only, enum: values, anyOf, oneOf, type } = schema;
  if (only !== undefined) return fc.constant(only);
  if (values) return fc.constantFrom(...values);
  const either = anyOf ?? oneOf;
  if (either) return fc.oneof(...either.map(fitting));
  return fc.oneof(...[type ?? "any"].flat().map((each) => ofType(each, schema)));
}

/** Mostly what fits, sometimes what does not, sometimes nothing. */
export const perhaps = (schema: JsonSchema): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 4, arbitrary: fitting(schema) },
    { weight: 1, arbitrary: fc.jsonValue() },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
