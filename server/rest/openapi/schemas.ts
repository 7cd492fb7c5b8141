import type { z } from "zod";
import { ChatAnswer } from "@/lib/contracts/chat";
import { Job, JobPage } from "@/lib/contracts/jobs";
import { Me } from "@/lib/contracts/me";
import { Model, ModelList } from "@/lib/contracts/models";
import { EventPage, SessionPage, SessionSummary } from "@/lib/contracts/sessions";
import { NewToken, TokenList, TokenRow } from "@/lib/contracts/tokens";
import { AbortTurnResult, Turn, TurnRef } from "@/lib/contracts/turns";
import { ERROR_TABLE } from "@/lib/errors/table";
import { WireEvent } from "@/lib/events/wire";
import type { JsonSchema } from "@/lib/openapi";
import { outputSchemasOf } from "../json-schema";

/** What answers are made of, by the names that clients know them by. */
const NAMED: Record<string, z.ZodType> = {
  Session: SessionSummary,
  SessionPage,
  Event: WireEvent,
  EventPage,
  Turn,
  TurnRef,
  AbortResult: AbortTurnResult,
  Job,
  JobPage,
  Model,
  ModelList,
  Token: TokenRow,
  TokenList,
  NewToken,
  Me,
  ChatAnswer,
};

const refTo = (name: string) => `#/components/schemas/${name}`;

const PROBLEM: JsonSchema = {
  type: "object",
  description: "An error (RFC 9457). Some have more fields: the ids of what it is about, for instance.",
  properties: {
    type: { type: "string", format: "uri-reference", description: "Where the code is explained." },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string", description: "What happened, and what to do next." },
    code: { type: "string", enum: Object.keys(ERROR_TABLE) },
    retryable: { type: "boolean", description: "Whether the same call may succeed later." },
    fields: {
      type: "object",
      description: "What was not valid, by the name of the field.",
      additionalProperties: { type: "string" },
    },
  },
  required: ["type", "title", "status", "detail", "code", "retryable"],
};

/** Every schema that the document names. */
export const componentSchemas = (): Record<string, JsonSchema> => ({
  ...outputSchemasOf(NAMED, refTo),
  Problem: PROBLEM,
});

/** The schema that answers follow of which this is the contract. Throws where it has no name. */
export function schemaFor(contract: z.ZodType): JsonSchema {
  const name = Object.keys(NAMED).find((each) => NAMED[each] === contract);
  if (name === undefined) throw new Error("an answer has no name in server/rest/openapi/schemas.ts");
  return { $ref: refTo(name) };
}
