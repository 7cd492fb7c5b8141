import { describe, expect, it } from "vitest";
import type { ProviderKind, WireApi } from "@/lib/contracts/providers";
import type { ProviderAccess } from "@/server/copilot/types";
import type { EgressAnswer } from "@/server/egress/types";
import { Secret } from "@/server/platform/secret";
import { failureOfTest, isSameServer, testCall, typeOf } from "./rules";

const plain = (value: string | Secret) => (value instanceof Secret ? value.use((text) => text) : value);
const bearer = (key: Secret) => new Secret(`Bearer ${plain(key)}`);

function callOf(kind: ProviderKind, wireApi: WireApi, change: Partial<ProviderAccess> = {}) {
  const access: ProviderAccess = {
    ...{ kind: "provider", providerId: "p", version: 1, type: typeOf(kind, wireApi) },
    ...{ wireApi: wireApi === "responses" ? "responses" : "completions", baseUrl: "https://x.example/v1" },
    ...{ azureApiVersion: null, key: new Secret("the-key"), headers: { "x-team": new Secret("blue") } },
    ...{ model: "m/1", maxPromptTokens: null, maxOutputTokens: null },
    ...change,
  };
  const { url, headers, body } = testCall({ kind, wireApi, access }, bearer);
  const shown = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, plain(value)]));
  return { url, headers: shown, body: JSON.parse(body) as Record<string, unknown> };
}

describe("the call of a test", () => {
  it("is that of each kind and wire format, for as few tokens as it allows", () => {
    expect(callOf("openai", "completions")).toMatchObject({
      url: "https://x.example/v1/chat/completions",
      headers: { authorization: "Bearer the-key", "x-team": "blue" },
      body: { model: "m/1", max_completion_tokens: 1 },
    });
    expect(callOf("compatible", "completions").body).toMatchObject({ max_tokens: 1 });
    expect(callOf("openai", "responses")).toMatchObject({
      url: "https://x.example/v1/responses",
      body: { model: "m/1", max_output_tokens: 16, store: false },
    });
    expect(callOf("anthropic", "messages", { baseUrl: "https://x.example" })).toMatchObject({
      url: "https://x.example/v1/messages",
      headers: { "x-api-key": "the-key", "anthropic-version": "2023-06-01" },
      body: { model: "m/1", max_tokens: 1 },
    });
  });

  it("finds Azure's deployments by version, and its v1 interface without", () => {
    const azure = { baseUrl: "https://a.openai.azure.com" };
    expect(callOf("azure", "completions", azure)).toMatchObject({
      url: "https://a.openai.azure.com/openai/v1/chat/completions",
      headers: { "api-key": "the-key" },
    });
    const dated = { ...azure, azureApiVersion: "2024-10-21" };
    expect(callOf("azure", "completions", dated).url).toBe(
      "https://a.openai.azure.com/openai/deployments/m%2F1/chat/completions?api-version=2024-10-21",
    );
    expect(callOf("azure", "responses", dated).url).toBe(
      "https://a.openai.azure.com/openai/responses?api-version=2024-10-21",
    );
  });

  it("has no key where there is none, and a header of one's own wins", () => {
    expect(callOf("openai", "completions", { key: null }).headers).toEqual({ "x-team": "blue" });
    const headers = { authorization: new Secret("Basic eA==") };
    expect(callOf("openai", "completions", { headers }).headers).toEqual({ authorization: "Basic eA==" });
  });
});

const answered = (status: number, body: unknown = ""): EgressAnswer => ({
  ...{ state: "answered", status, body: typeof body === "string" ? body : JSON.stringify(body) },
});

describe("what a test says", () => {
  it.each([
    [answered(200, { choices: [] }), "completions"],
    [answered(200, { output: [] }), "responses"],
    [answered(200, { content: [] }), "messages"],
    [
      answered(400, { error: { message: "Could not finish: max_tokens or model output limit was reached" } }),
      "completions",
    ],
  ] as const)("is nothing bad where a model answers: %j", (answer, wireApi) => {
    expect(failureOfTest(answer, wireApi)).toBeNull();
  });

  it.each([
    [{ state: "refused", refusal: "closed_address" }, "address_closed", null],
    [{ state: "refused", refusal: "not_https" }, "address_closed", null],
    [{ state: "unreached", why: "dns" }, "no_such_host", null],
    [{ state: "unreached", why: "connect" }, "no_connection", null],
    [{ state: "unreached", why: "tls" }, "no_tls", null],
    [{ state: "unreached", why: "too_slow" }, "too_slow", null],
    [{ state: "unreached", why: "cut" }, "cut_off", null],
    [answered(401), "key_refused", 401],
    [answered(403), "key_refused", 403],
    [answered(402), "quota", 402],
    [answered(404), "no_such_model", 404],
    [answered(429), "rate_limited", 429],
    [answered(400), "request_refused", 400],
    [answered(422), "request_refused", 422],
    [answered(302), "redirected", 302],
    [answered(500), "server_error", 500],
    [answered(503), "server_error", 503],
    [answered(200, "<html>"), "not_a_model", 200],
    [answered(200, { content: [] }), "not_a_model", 200],
  ] as const satisfies [EgressAnswer, string, number | null][])(
    "explains %j as %s",
    (answer, reason, status) => {
      const failure = failureOfTest(answer, "completions");
      expect(failure).toMatchObject({ ok: false, reason, status });
      expect(failure?.message).toMatch(/\.$|\)\.$/);
    },
  );

  it("never repeats the endpoint, which may quote the key", () => {
    for (const status of [200, 400, 401, 404, 500])
      expect(failureOfTest(answered(status, "Incorrect key: sk-secret"), "messages")?.message).not.toContain(
        "sk-",
      );
  });
});

it.each([
  ["https://a.example/v1", "https://a.example/v2", true],
  ["https://a.example", "https://a.example:443/x", true],
  ["https://a.example", "http://a.example", false],
  ["https://a.example", "https://a.example:8443", false],
  ["https://a.example", "https://b.example", false],
])("%s and %s: the same server is %s", (one, other, same) => {
  expect(isSameServer(one, other)).toBe(same);
});
