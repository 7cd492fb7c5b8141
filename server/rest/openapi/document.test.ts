import { validate } from "@readme/openapi-parser";
import { describe, expect, it } from "vitest";
import { ERROR_TABLE } from "@/lib/errors/table";
import { EVENT_DATA } from "@/lib/events/wire";
import { API, complaintsOf } from "@/tests/support/api-document";
import { OPERATIONS } from "../operations/all";

describe("the OpenAPI document", () => {
  it("is one", async () => {
    const result = await validate(structuredClone(API) as never);
    expect(result).toMatchObject({ valid: true });
  });

  it("describes every operation", () => {
    const described = Object.entries(API.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(described.toSorted()).toEqual(
      OPERATIONS.map(({ method, path }) => `${method} ${path}`).toSorted(),
    );
  });

  it("names what each path does as a parameter", () => {
    for (const [path, methods] of Object.entries(API.paths)) {
      const wanted = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const { parameters } of Object.values(methods)) {
        const named = parameters.filter((parameter) => parameter.in === "path").map(({ name }) => name);
        expect(named).toEqual(wanted);
      }
    }
  });

  it("has every tag explained", () => {
    const used = new Set(OPERATIONS.map(({ resource }) => resource));
    expect(API.tags.map(({ name }) => name)).toEqual([...used]);
  });

  it("says what goes in with its bounds", () => {
    const send = API.paths["/api/v1/sessions/{sessionId}/turns"]?.post;
    const body = send?.requestBody?.content["application/json"]?.schema;
    expect(body).toMatchObject({
      properties: { prompt: { type: "string", minLength: 1, maxLength: 100_000 } },
      required: ["prompt"],
    });
    const limit = API.paths["/api/v1/sessions"]?.get?.parameters.find(({ name }) => name === "limit");
    expect(limit).toMatchObject({
      ...{ in: "query", required: false },
      schema: { type: "integer", minimum: 1, maximum: 100, default: 30 },
    });
  });

  it("has examples that follow it", () => {
    for (const { operationId, requestBody } of Object.values(API.paths).flatMap(Object.values)) {
      const { schema, example } = requestBody?.content["application/json"] ?? {};
      if (!schema || operationId === "sessions.events") continue;
      expect(complaintsOf(schema, example)).toEqual([]);
    }
  });

  it("knows every kind of event and every code", () => {
    const { Event, Problem } = API.components.schemas;
    const kinds = Event?.oneOf?.map(({ properties }) => properties?.type?.const);
    expect(kinds?.toSorted()).toEqual(Object.keys(EVENT_DATA).toSorted());
    expect(Problem?.properties?.code?.enum).toEqual(Object.keys(ERROR_TABLE));
  });

  it("tells times as the text that they are", () => {
    expect(API.components.schemas.Session?.properties?.createdAt).toEqual({
      type: "string",
      format: "date-time",
    });
  });
});
