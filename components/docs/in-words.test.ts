import { describe, expect, it } from "vitest";
import type { ApiOperation } from "@/lib/openapi";
import { curlOf } from "./curl";
import { inWords } from "./in-words";

describe("a schema in words", () => {
  it.each([
    [
      { type: "string", minLength: 1, maxLength: 100_000 },
      "text, at least 1 character, at most 100,000 characters",
    ],
    [{ type: "integer", minimum: 1, maximum: 100, default: 30 }, "whole number, from 1, to 100, default 30"],
    [{ type: ["string", "null"] }, "text or null"],
    [{ type: "string", format: "date-time" }, "time (ISO 8601)"],
    [{ anyOf: [{ $ref: "#/components/schemas/Turn" }, { type: "null" }] }, "Turn or null"],
    [{ type: "array", items: { $ref: "#/components/schemas/Session" } }, "list of Session"],
    [{ type: "array", items: { type: "array", prefixItems: [{}, {}] } }, "list of list of 2"],
    [{ type: "string", enum: ["queued", "running"] }, '"queued", "running"'],
    [{ const: "usage", type: "string" }, '"usage"'],
    [{}, "anything"],
  ])("%j is %s", (schema, words) => expect(inWords(schema)).toBe(words));
});

describe("a call for a terminal", () => {
  const operation: ApiOperation = {
    ...{ operationId: "x", tags: [], summary: "", description: "", parameters: [], responses: {} },
    security: [{ token: [] }, { browser: [] }],
  };

  it("has the parts of the path as variables", () => {
    expect(curlOf("get", "/api/v1/turns/{turnId}", operation)).toBe(
      'curl "$URL/api/v1/turns/$turnId" \\\n  -H "Authorization: Bearer $TOKEN"',
    );
  });

  it("that no token may do is made with a browser's login", () => {
    const call = curlOf("get", "/api/v1/tokens", { ...operation, security: [{ browser: [] }] });
    expect(call).toBe('curl "$URL/api/v1/tokens" \\\n  -H "Cookie: $COOKIE"');
  });

  it("keeps an apostrophe of its body away from the shell", () => {
    const content = { "application/json": { schema: {}, example: { message: "what's up" } } };
    expect(curlOf("post", "/api/chat", { ...operation, requestBody: { required: true, content } })).toContain(
      `-d '{"message":"what'\\''s up"}'`,
    );
  });
});
