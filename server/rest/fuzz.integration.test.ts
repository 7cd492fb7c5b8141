import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import type { ApiOperation } from "@/lib/openapi";
import { API, complaintsAbout } from "@/tests/support/api-document";
import { storeToken } from "@/tests/support/callers";
import { fitting, perhaps } from "@/tests/support/fitting";
import { jobInput } from "@/tests/support/jobs";
import { type RestClient, withRest } from "@/tests/support/rest";

/** Calls of each operation. */
const RUNS = 30;
const STRAY_CHARS = 40;

const rest = withRest();
let mona: RestClient;
const statuses: number[] = [];

beforeAll(async () => {
  mona = await rest.signIn();
});

const record = (fields: readonly { name: string; schema: Parameters<typeof perhaps>[0] }[]) =>
  fc.record(Object.fromEntries(fields.map(({ name, schema }) => [name, perhaps(schema)])));

const textOf = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
// A header holds no other characters, and no space at its ends.
const headerText = (value: unknown) => textOf(value).replace(/[^\x21-\x7e]/g, "-");
// A browser and fetch take a dot for a folder.
const isSegment = (text: string) => text !== "" && text !== "." && text !== "..";

/** Any call of an operation: about what is mona's or about what nobody has, with fields that fit or do not. */
function callsOf({ parameters, requestBody }: ApiOperation) {
  const schema = requestBody?.content["application/json"]?.schema;
  const fields = Object.entries(schema?.properties ?? {}).map(([name, field]) => ({ name, schema: field }));
  const bodies = [fitting(schema ?? {}), record(fields), fc.jsonValue()];
  return fc.record({
    own: fc.boolean(),
    stray: fc.string({ unit: "grapheme", maxLength: STRAY_CHARS }).filter(isSegment),
    query: record(parameters.filter((parameter) => parameter.in === "query")),
    headers: record(parameters.filter((parameter) => parameter.in === "header")),
    body: schema ? fc.oneof(...bodies) : fc.constant(undefined),
  });
}

const given = (values: Record<string, unknown>, write: (value: unknown) => string) =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, write(value)]])),
  );

/** One of each thing that a path can name, mona's. */
async function things(): Promise<Record<string, string>> {
  const { id: sessionId } = await rest.app.sessions.create(mona.actor, {});
  const sent = { sessionId, prompt: "x", idempotencyKey: "first" };
  const { turnId } = await rest.app.turns.send(mona.actor, sent);
  const { id: jobId } = await rest.app.jobs.create(mona.actor, jobInput());
  const { id } = await storeToken(rest.database, mona.actor.ownerId, { scopes: [] });
  return { sessionId, turnId, jobId, id };
}

const OPERATIONS = Object.entries(API.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
);

it.each(OPERATIONS)(
  "whatever is sent to $method $path, the answer is one that the document knows, and no failure of the server's own",
  async ({ path, method, operation }) => {
    await fc.assert(
      fc.asyncProperty(callsOf(operation), async ({ own, stray, query, headers, body }) => {
        const named = own && path.includes("{") ? await things() : {};
        const address = path.replace(/\{(\w+)\}/g, (_, name: string) =>
          encodeURIComponent(named[name] ?? stray),
        );
        const search = new URLSearchParams(given(query, textOf));
        const answer = await mona.call(method, `${address}?${search}`, {
          headers: given(headers, headerText),
          ...(body !== undefined && { json: body }),
        });
        statuses.push(answer.status);
        expect(answer.status).not.toBe(500);
        expect(complaintsAbout(operation, answer)).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  },
);

it("much of it was answered, and much was refused", () => {
  const total = OPERATIONS.length * RUNS;
  const refused = statuses.filter((status) => status >= 400).length;
  expect(statuses.length).toBeGreaterThanOrEqual(total);
  expect(refused).toBeGreaterThan(total / 10);
  expect(statuses.length - refused).toBeGreaterThan(total / 10);
});
