import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { SCOPES, type Scope } from "@/lib/contracts/scopes";
import { PEER_HEADER } from "@/server/auth/address";
import { WRONG_TOKENS_MAX } from "@/server/domain/api-tokens/tunables";
import { storeToken } from "@/tests/support/callers";
import { withRest } from "@/tests/support/rest";
import { BODY_BYTES_MAX } from "./tunables";

const OTHER = "https://tools.example.com";
const rest = withRest({ origins: [OTHER] });
const JSON_TYPE = { "content-type": "application/json" };

describe("a request that is not right", () => {
  it.each([
    ["an address where nothing is", "GET", "/api/v1/nothing", {}, 404, "address_not_found"],
    ["the root", "GET", "/api/v1", {}, 404, "address_not_found"],
    ["an address with a part too much", "GET", "/api/v1/me/too", {}, 404, "address_not_found"],
    ["a method that is not there", "PUT", "/api/v1/sessions", { json: {} }, 405, "method_not_allowed"],
    ["no JSON", "POST", "/api/v1/sessions", { text: "{", headers: JSON_TYPE }, 400, "invalid_input"],
    ["a list", "POST", "/api/v1/sessions", { json: [] }, 400, "invalid_input"],
    ["null", "POST", "/api/v1/sessions", { json: null }, 400, "invalid_input"],
    ["text", "POST", "/api/v1/sessions", { text: "{}" }, 415, "media_type_not_supported"],
    [
      "a form",
      "POST",
      "/api/v1/sessions",
      { text: "title=x", headers: { "content-type": "application/x-www-form-urlencoded" } },
      ...[415, "media_type_not_supported"],
    ],
    [
      "too much",
      "POST",
      "/api/v1/sessions",
      { json: { title: "x".repeat(BODY_BYTES_MAX) } },
      ...[413, "body_too_large"],
    ],
    ["a number that is none", "GET", "/api/v1/sessions?limit=many", {}, 400, "invalid_input"],
    ["a parameter twice", "GET", "/api/v1/sessions?limit=1&limit=2", {}, 400, "invalid_input"],
    ["a cursor of nowhere", "GET", "/api/v1/sessions?cursor=x", {}, 400, "invalid_input"],
  ] as [string, string, string, object, number, string][])(
    "for %s is refused",
    async (_, method, path, sent, status, code) => {
      const mona = await rest.signIn();
      const refused = await mona.call(method, path, sent);
      expect(refused).toMatchObject({ status, body: { status, code, type: `/docs/api#${code}` } });
      expect(refused.headers.get("content-type")).toBe("application/problem+json");
    },
  );

  it("is told the methods that there are", async () => {
    const refused = await rest.call("PUT", "/api/v1/sessions");
    expect(refused.headers.get("allow")).toBe("GET, HEAD, POST, OPTIONS");
  });

  it("is told every field by its name on this wire", async () => {
    const mona = await rest.signIn();
    const { id } = await rest.app.sessions.create(mona.actor, {});
    const events = await mona.call("GET", `/api/v1/sessions/${id}/events?after=-1&limit=x`);
    expect(Object.keys((events.body as { fields: object }).fields).toSorted()).toEqual(["after", "limit"]);
    const sent = await mona.call("POST", `/api/v1/sessions/${id}/turns`, {
      json: {},
      headers: { "idempotency-key": "x".repeat(201) },
    });
    const { fields } = sent.body as { fields: object };
    expect(Object.keys(fields).toSorted()).toEqual(["Idempotency-Key", "prompt"]);
  });

  it("that sends more than it says is cut off", async () => {
    const mona = await rest.signIn();
    const chunk = new Uint8Array(BODY_BYTES_MAX / 4).fill(32);
    const endless = new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(chunk) });
    const init: RequestInit & { duplex: "half" } = {
      ...{ method: "POST", body: endless, duplex: "half" },
      headers: { ...JSON_TYPE, cookie: mona.cookie },
    };
    const refused = await fetch(`${rest.url}/api/v1/sessions`, init).then(
      ({ status }) => status,
      // The server may have closed the connection while we were still writing.
      () => 413,
    );
    expect(refused).toBe(413);
  });
});

describe("HEAD and OPTIONS", () => {
  it("say what GET would, without a body, and what there is", async () => {
    const mona = await rest.signIn();
    const head = await mona.call("HEAD", "/api/v1/me");
    expect([head.status, head.body]).toEqual([200, ""]);
    expect(head.headers.get("content-type")).toBe("application/json");
    expect((await mona.call("HEAD", "/api/v1/nothing")).status).toBe(404);
    const options = await rest.call("OPTIONS", "/api/v1/me");
    expect([options.status, options.headers.get("allow")]).toEqual([204, "GET, HEAD, OPTIONS"]);
  });
});

describe("a page of another website", () => {
  const preflight = (origin: string) =>
    rest.call("OPTIONS", "/api/v1/sessions", {
      headers: { origin, "access-control-request-method": "POST" },
    });

  it("may ask where the operator allows it, and never with a cookie", async () => {
    const asked = await preflight(OTHER);
    expect(asked.headers.get("access-control-allow-origin")).toBe(OTHER);
    expect(asked.headers.get("access-control-allow-headers")).toContain("authorization");
    expect(asked.headers.has("access-control-allow-credentials")).toBe(false);
    expect(asked.headers.get("vary")).toBe("origin");
    const mona = await rest.signIn();
    const withCookie = await mona.call("GET", "/api/v1/me", { headers: { origin: OTHER } });
    expect(withCookie).toMatchObject({ status: 401, body: { code: "not_signed_in" } });
    expect(withCookie.headers.get("access-control-allow-origin")).toBe(OTHER);
  });

  it.each(["https://evil.example.com", "https://tools.example.com.evil.com", "null"])(
    "may not from %s",
    async (origin) => {
      expect((await preflight(origin)).headers.has("access-control-allow-origin")).toBe(false);
      const mona = await rest.signIn();
      const changed = await mona.call("POST", "/api/v1/sessions", { json: {}, headers: { origin } });
      expect(changed).toMatchObject({ status: 403, body: { code: "cross_site_request" } });
      expect(changed.headers.has("access-control-allow-origin")).toBe(false);
    },
  );

  it("of our own is none", async () => {
    const mona = await rest.signIn();
    const origin = rest.serving.env.APP_URL;
    expect((await mona.call("POST", "/api/v1/sessions", { json: {}, headers: { origin } })).status).toBe(201);
  });
});

describe("an API token", () => {
  type Ends = { expiresAt?: Date; revokedAt?: Date };

  /** A token of somebody new, and calls with it. */
  async function withToken(scopes: readonly Scope[], ends: Ends = {}) {
    const owner = await rest.signIn();
    const { token } = await storeToken(rest.database, owner.actor.ownerId, { scopes, ...ends });
    const authorization = `Bearer ${token}`;
    const call = (method: string, path: string, json?: object) =>
      rest.call(method, path, { json, headers: { authorization } });
    return { owner, authorization, call };
  }

  it("is its owner, for what it is for", async () => {
    const { owner, call } = await withToken(["sessions:read", "sessions:write"]);
    expect((await call("GET", "/api/v1/me")).body).toMatchObject({ id: owner.actor.ownerId });
    const made = await call("POST", "/api/v1/sessions", { title: "by a program" });
    expect(made.status).toBe(201);
    const seen = await owner.call("GET", made.headers.get("location") ?? "");
    expect(seen.body).toMatchObject({ title: "by a program" });
  });

  it("that is not for an operation is told so", async () => {
    const { call } = await withToken(["sessions:write"]);
    const refused = await call("GET", "/api/v1/sessions");
    expect(refused).toMatchObject({ status: 403, body: { code: "token_out_of_scope" } });
    expect(refused.headers.get("www-authenticate")).toBe('Bearer error="insufficient_scope"');
  });

  it("makes, shows and revokes no token, whatever it is for", async () => {
    const { call } = await withToken(SCOPES);
    const refused = { status: 403, body: { code: "token_out_of_scope" } };
    expect(await call("GET", "/api/v1/tokens")).toMatchObject(refused);
    expect(await call("POST", "/api/v1/tokens", { name: "x", scopes: ["admin"], days: 1 })).toMatchObject(
      refused,
    );
    expect(await call("DELETE", `/api/v1/tokens/${randomUUID()}`)).toMatchObject(refused);
  });

  const past = new Date(0);
  it.each([
    ["has expired", { expiresAt: past }, "token_expired"],
    ["was revoked", { revokedAt: past }, "token_revoked"],
  ] as [string, Ends, string][])("that %s is refused", async (_, ends, code) => {
    const { call } = await withToken(SCOPES, ends);
    const refused = await call("GET", "/api/v1/me");
    expect(refused).toMatchObject({ status: 401, body: { code } });
    expect(refused.headers.get("www-authenticate")).toBe('Bearer error="invalid_token"');
  });

  it("beside a login is refused, and makes nothing", async () => {
    const { owner, authorization } = await withToken(SCOPES);
    const both = await owner.call("POST", "/api/v1/sessions", { json: {}, headers: { authorization } });
    expect(both).toMatchObject({ status: 400, body: { code: "mixed_credentials" } });
    expect((await owner.call("GET", "/api/v1/sessions")).body).toMatchObject({ items: [] });
  });

  it("that is wrong again and again is told when to come back", async () => {
    const headers = { authorization: "Bearer fd_guess", [PEER_HEADER]: "10.9.9.9" };
    for (let n = 0; n < WRONG_TOKENS_MAX; n += 1) {
      expect(await rest.call("GET", "/api/v1/me", { headers })).toMatchObject({
        body: { code: "token_invalid" },
      });
    }
    const refused = await rest.call("GET", "/api/v1/me", { headers });
    expect(refused).toMatchObject({ status: 429, body: { code: "too_many_attempts" } });
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  });

  it("that may not do all of what a chat does makes no session", async () => {
    const message = { message: "hello" };
    for (const scopes of [["sessions:write"], ["sessions:read"]] satisfies Scope[][]) {
      const { owner, call } = await withToken(scopes);
      expect((await call("POST", "/api/chat", message)).body).toMatchObject({ code: "token_out_of_scope" });
      expect((await owner.call("GET", "/api/v1/sessions")).body).toMatchObject({ items: [] });
    }
    const { call } = await withToken(["sessions:read", "sessions:write"]);
    expect((await call("POST", "/api/chat", message)).body).toMatchObject({ content: "You said: hello" });
  });

  it("is what a page of another website calls with, where the operator allows that", async () => {
    const { authorization } = await withToken(["sessions:write"]);
    const sent = { json: {}, headers: { authorization, origin: OTHER, "sec-fetch-site": "cross-site" } };
    const made = await rest.call("POST", "/api/v1/sessions", sent);
    expect([made.status, made.headers.get("access-control-allow-origin")]).toEqual([201, OTHER]);
  });
});
