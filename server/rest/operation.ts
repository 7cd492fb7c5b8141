import { callTRPCProcedure } from "@trpc/server";
import type { z } from "zod";
import type { ErrorCode } from "@/lib/errors/table";
import type { JsonSchema } from "@/lib/openapi";
import type { Context } from "@/server/trpc/context";
import { appRouter, PROCEDURES } from "@/server/trpc/root";
import { inputSchemaOf } from "./json-schema";

type Method = "GET" | "POST" | "PATCH" | "DELETE";

/** Where a field of the input is, that is not where its like are. `generate`: what it is where the caller leaves it out. */
type Place = { in: "query" | "header"; name: string; description?: string; generate?(): string };

/** How one thing that callers can do is reached on this wire. What the path names of its input is there; the rest is in
 *  the query of GET and DELETE and in the body of others, but for what `places` says. */
export type Declared = {
  /** Under which heading it is described. */
  resource: string;
  method: Method;
  path: string;
  summary: string;
  description?: string;
  places?: Record<string, Place>;
  status: 200 | 201 | 202 | 204;
  /** The path of what was made, with fields of the output. */
  location?: string;
  /** The codes of errors beside those that many operations have. */
  refusals?: readonly ErrorCode[];
  /** A body to try it with. */
  example?: Record<string, unknown>;
  /** The answer can also be had as an event stream that goes on (server/rest/stream.ts). */
  streams?: true;
};

export type Field = {
  /** Its name in the contract. */
  field: string;
  in: "path" | "query" | "header" | "body";
  /** Its name on this wire. */
  name: string;
  required: boolean;
  schema: JsonSchema;
  description?: string;
  generate?(): string;
};

/** `input`: the fields from all over the request, not yet parsed. `signal` aborts when the caller is gone. */
export type Call = { context: Context; input: Record<string, unknown>; signal: AbortSignal };

export type Operation = Declared & {
  id: string;
  /** The procedures that it calls: who may not call one of them may not do this. */
  needs: readonly string[];
  fields: readonly Field[];
  output: z.ZodType | null;
  run(call: Call): Promise<unknown>;
};

function fieldsOf(contract: z.ZodType | null, { method, path, places = {} }: Declared): Field[] {
  if (!contract) return [];
  const { properties = {}, required = [] } = inputSchemaOf(contract);
  return Object.entries(properties).map(([field, schema]): Field => {
    const common = { field, name: field, schema, required: required.includes(field) };
    const place = places[field];
    if (place) return { ...common, ...place, required: common.required && !place.generate };
    if (path.includes(`{${field}}`)) return { ...common, in: "path", required: true };
    return { ...common, in: method === "GET" || method === "DELETE" ? "query" : "body" };
  });
}

type Composed = Declared & Pick<Operation, "id" | "needs" | "output" | "run"> & { input: z.ZodType | null };

/** An operation that calls several procedures. It parses its input itself. */
export const operation = ({ input, ...declared }: Composed): Operation => ({
  ...declared,
  fields: fieldsOf(input, declared),
});

/** The operation that is one procedure, with its contracts: input and output are whatever the procedure's are. */
export function procedureOperation(procedure: string, declared: Declared): Operation {
  const called = PROCEDURES[procedure];
  if (!called) throw new Error(`there is no procedure ${procedure}`);
  const { type, inputs, output = null } = called._def;
  return operation({
    ...declared,
    id: procedure,
    needs: [procedure],
    input: inputs[0] ?? null,
    output,
    run: ({ context, input, signal }) =>
      callTRPCProcedure({
        router: appRouter,
        path: procedure,
        type,
        getRawInput: async () => (inputs.length === 0 ? undefined : input),
        ctx: context,
        signal,
        batchIndex: 0,
      }),
  });
}
