import { z } from "zod";
import type { JsonSchema } from "@/lib/openapi";

type Params = NonNullable<Parameters<typeof z.toJSONSchema>[1]>;

// On this wire a time is text.
const unrepresentable: Params["unrepresentable"] = ({ zodSchema }) =>
  zodSchema._zod.def.type === "date" ? { type: "string", format: "date-time" } : "throw";

// A text that is made storable before its bounds are checked is described by what goes in, which has none.
const override: Params["override"] = ({ zodSchema, jsonSchema }) => {
  const { def } = zodSchema._zod;
  if (def.type === "pipe" && def.out._zod.def.type === "string") {
    const { minLength, maxLength } = z.toJSONSchema(def.out) as JsonSchema;
    Object.assign(jsonSchema, minLength && { minLength }, maxLength && { maxLength });
  }
  // What zod says of every whole number.
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
};

/** What a caller may send, as it is on the wire. */
export function inputSchemaOf(contract: z.ZodType): JsonSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(contract, { io: "input", unrepresentable, override });
  return schema as JsonSchema;
}

/** What callers get, by name; where one contains another it refers to it by `refTo` its name. */
export function outputSchemasOf(
  contracts: Record<string, z.ZodType>,
  refTo: (name: string) => string,
): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  for (const [id, contract] of Object.entries(contracts)) registry.add(contract, { id });
  const { schemas } = z.toJSONSchema(registry, { uri: refTo, unrepresentable, override });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema: _, $id: __, ...schema }]) => [name, schema as JsonSchema]),
  );
}
