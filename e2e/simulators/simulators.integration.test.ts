import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { GithubSimulator } from "./github-simulator";
import { DEMO_CLIENT, startGithubSimulator } from "./github-simulator";
import { postJson } from "./test-support";

const CALLBACK = "http://127.0.0.1:3000/api/auth/callback/github";
const { clientId, clientSecret } = DEMO_CLIENT;

let github: GithubSimulator;
beforeAll(async () => {
  github = await startGithubSimulator();
});
afterAll(() => github.close());
beforeEach(() => {
  github.reset();
});

async function authorize(login: string, extra: Record<string, string> = {}): Promise<URL> {
  const query = {
    client_id: clientId,
    redirect_uri: CALLBACK,
    scope: "read:user user:email read:org",
    state: "s1",
    login,
  };
  const answer = await fetch(
    `${github.url}/login/oauth/authorize?${new URLSearchParams({ ...query, ...extra })}`,
    {
      redirect: "manual",
    },
  );
  expect(answer.status).toBe(302);
  return new URL(answer.headers.get("location") ?? "");
}

async function exchange(form: Record<string, string>): Promise<Record<string, unknown>> {
  const answer = await fetch(`${github.url}/login/oauth/access_token`, {
    method: "POST",
    headers: { accept: "application/json" },
    body: new URLSearchParams({ client_id: clientId, client_secret: clientSecret, ...form }),
  });
  expect(answer.status).toBe(200);
  return (await answer.json()) as Record<string, unknown>;
}

async function signIn(login: string): Promise<Record<string, string>> {
  const code = (await authorize(login)).searchParams.get("code") ?? "";
  return (await exchange({ code, redirect_uri: CALLBACK })) as Record<string, string>;
}

const get = (path: string, token: string) =>
  fetch(github.url + path, { headers: { authorization: `Bearer ${token}` } });
const chat = (prompt: string, token: string, more: object = {}) =>
  postJson(
    `${github.url}/chat/completions`,
    { model: "gpt-5-mini", stream: true, messages: [{ role: "user", content: prompt }], ...more },
    { headers: { authorization: `Bearer ${token}` } },
  );

describe("the web flow", () => {
  it("offers three people and a way to cancel, and does not approve by itself", async () => {
    const query = new URLSearchParams({
      client_id: clientId,
      redirect_uri: CALLBACK,
      state: "s1",
      scope: "read:user",
    });
    const answer = await fetch(`${github.url}/login/oauth/authorize?${query}`, { redirect: "manual" });
    const page = await answer.text();
    expect(answer.status).toBe(200);
    for (const login of ["mona", "hubot", "octocat"]) expect(page).toContain(`login=${login}`);
    expect(page).toContain("error=access_denied");
  });

  it("escapes what it repeats and never sends a code beyond this computer", async () => {
    const query = { client_id: clientId, redirect_uri: CALLBACK, login: "<script>alert(1)</script>" };
    const page = await (
      await fetch(`${github.url}/login/oauth/authorize?${new URLSearchParams(query)}`)
    ).text();
    expect(page).toContain("There is nobody called");
    expect(page).not.toContain("<script>");
    const away = new URLSearchParams({ ...query, redirect_uri: "https://example.com/cb", login: "mona" });
    expect((await fetch(`${github.url}/login/oauth/authorize?${away}`, { redirect: "manual" })).status).toBe(
      400,
    );
  });

  it("gives the named person's token for a code that works once", async () => {
    const back = await authorize("mona");
    expect(back.searchParams.get("state")).toBe("s1");
    const code = back.searchParams.get("code") ?? "";
    const tokens = await exchange({ code });
    expect(tokens).toMatchObject({ token_type: "bearer", scope: "read:org,read:user,user:email" });
    expect(tokens.access_token).toMatch(/^gho_[A-Za-z0-9]{36}$/);
    const user = await get("/api/v3/user", String(tokens.access_token));
    expect(await user.json()).toMatchObject({ id: 1001, login: "mona", name: "Mona Lisa Octocat" });
    expect(await exchange({ code })).toMatchObject({ error: "bad_verification_code" });
  });

  it("holds a client to its secret, its address and its PKCE verifier", async () => {
    const codeVerifier = randomBytes(32).toString("base64url");
    const challenge = {
      code_challenge: createHash("sha256").update(codeVerifier).digest("base64url"),
      code_challenge_method: "S256",
    };
    const fresh = async () => (await authorize("hubot", challenge)).searchParams.get("code") ?? "";
    expect(await exchange({ code: await fresh(), client_secret: "wrong" })).toMatchObject({
      error: "incorrect_client_credentials",
    });
    expect(await exchange({ code: await fresh(), code_verifier: "wrong" })).toMatchObject({
      error: "bad_verification_code",
    });
    expect(await exchange({ code: await fresh() })).toMatchObject({ error: "bad_verification_code" });
    const elsewhere = { redirect_uri: `${CALLBACK}/x`, code_verifier: codeVerifier };
    expect(await exchange({ code: await fresh(), ...elsewhere })).toMatchObject({
      error: "redirect_uri_mismatch",
    });
    expect(await exchange({ code: await fresh(), code_verifier: codeVerifier })).toHaveProperty(
      "access_token",
    );
  });
});

describe("tokens", () => {
  it("rotates a pair so that the old refresh and the old access token are worth nothing", async () => {
    github.control({ tokenMode: "expiring" });
    const first = await signIn("mona");
    expect(first).toMatchObject({ expires_in: 28_800, refresh_token_expires_in: 15_897_600, scope: "" });
    const refresh = { grant_type: "refresh_token", refresh_token: first.refresh_token ?? "" };
    const second = (await exchange(refresh)) as Record<string, string>;
    expect((await get("/user", first.access_token ?? "")).status).toBe(401);
    expect((await get("/user", second.access_token ?? "")).status).toBe(200);
    expect(await exchange(refresh)).toMatchObject({ error: "bad_refresh_token" });
    expect(second.access_token).toMatch(/^ghu_/);
    expect(second.refresh_token).toMatch(/^ghr_/);
  });

  it("expires an access token and still lets its pair be refreshed", async () => {
    github.control({ tokenMode: "expiring", accessTtlSeconds: 0 });
    const { access_token = "", refresh_token = "" } = await signIn("mona");
    expect((await get("/user", access_token)).status).toBe(401);
    expect(await exchange({ grant_type: "refresh_token", refresh_token })).toHaveProperty("access_token");
  });

  it("stays revoked, whoever revoked it, also after a reset", async () => {
    const byApp = github.issueToken("hubot");
    const answer = await fetch(`${github.url}/api/v3/applications/${clientId}/token`, {
      method: "DELETE",
      headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}` },
      body: JSON.stringify({ access_token: byApp }),
    });
    expect(answer.status).toBe(204);
    const byControl = github.issueToken("octocat");
    const untouched = github.issueToken("mona");
    expect(github.control({ revokeLogin: "octocat" })).toMatchObject({ revoked: 1 });
    github.reset();
    expect((await get("/user", byApp)).status).toBe(401);
    expect((await get("/user", byControl)).status).toBe(401);
    expect((await get("/user", untouched)).status).toBe(200);
  });

  it("are known again after a restart", async () => {
    const token = github.issueToken("mona");
    await using other = await startedGithub();
    const answer = await fetch(`${other.url}/user`, { headers: { authorization: `token ${token}` } });
    expect(await answer.json()).toMatchObject({ login: "mona" });
    expect((await fetch(`${other.url}/user`, { headers: { authorization: `token ${token}x` } })).status).toBe(
      401,
    );
  });
});

describe("people", () => {
  it("are in their own organisations and in no other", async () => {
    const [mona, octocat] = [github.issueToken("mona"), github.issueToken("octocat")];
    const orgs = (await (await get("/api/v3/user/orgs", mona)).json()) as { login: string }[];
    expect(orgs.map(({ login }) => login)).toEqual(["octo-org", "flightdeck-inc"]);
    expect((await get("/user/memberships/orgs/octo-org", mona)).status).toBe(200);
    expect((await get("/user/memberships/orgs/octo-org", octocat)).status).toBe(404);
    expect((await get("/orgs/octo-org/members/hubot", mona)).status).toBe(204);
    expect((await get("/orgs/flightdeck-inc/members/hubot", mona)).status).toBe(404);
    expect(await (await get("/user/orgs", octocat)).json()).toEqual([]);
  });

  it("are in teams, as they were last told, and organisations may ask for single sign-on", async () => {
    const hubot = github.issueToken("hubot");
    const org = async () => (await get("/user/memberships/orgs/octo-org", hubot)).status;
    const team = async () => get("/api/v3/orgs/octo-org/teams/platform/memberships/hubot", hubot);
    expect([await org(), (await team()).status]).toEqual([200, 404]);
    github.control({ memberships: { hubot: ["octo-org/platform"] } });
    expect(await (await team()).json()).toMatchObject({ state: "active" });
    github.control({ sso: ["octo-org"] });
    expect([await org(), (await team()).status]).toEqual([403, 403]);
    expect((await team()).headers.get("x-github-sso")).toMatch(/^required; url=/);
    github.control({ sso: [], memberships: { hubot: [] } });
    expect([await org(), (await team()).status]).toEqual([404, 404]);
    github.reset();
    expect([await org(), (await team()).status]).toEqual([200, 404]);
  });

  it("hide their teams from a token without read:org", async () => {
    const back = await authorize("mona", { scope: "read:user" });
    const { access_token } = await exchange({ code: back.searchParams.get("code") ?? "" });
    const answer = await get("/orgs/octo-org/teams/platform/memberships/mona", String(access_token));
    expect(answer.status).toBe(403);
    expect(answer.headers.get("x-oauth-scopes")).toBe("read:user");
  });

  it("without a licence are refused where the test says so, and nobody else is", async () => {
    const [octocat, mona] = [github.issueToken("octocat"), github.issueToken("mona")];
    github.control({ licence: { octocat: { status: 402, where: "models" } } });
    expect((await get("/copilot_internal/user", octocat)).status).toBe(200);
    expect((await get("/models", octocat)).status).toBe(200);
    expect((await chat("short", octocat)).status).toBe(402);
    github.control({ licence: { octocat: 403 } });
    expect((await get("/copilot_internal/user", octocat)).status).toBe(403);
    expect((await chat("short rate=0", mona)).status).toBe(200);
    github.control({ licence: { octocat: null } });
    expect((await chat("short rate=0", octocat)).status).toBe(200);
  });
});

describe("the log", () => {
  it("ties every model call to a person and holds no token", async () => {
    const token = github.issueToken("hubot");
    const prompt = "<current_datetime>2025-01-01T00:00:00Z</current_datetime>\n\ncount tokens=3 rate=0";
    await (await chat(prompt, token)).text();
    const answer = await fetch(`${github.url}/_log`);
    const text = await answer.text();
    expect(text).not.toContain(token);
    const [entry] = JSON.parse(text) as Record<string, unknown>[];
    expect(entry).toMatchObject({
      method: "POST",
      path: "/chat/completions",
      status: 200,
      tokenLogin: "hubot",
      promptText: "count tokens=3 rate=0",
      script: "count",
      tokensSent: 3,
      aborted: false,
    });
    expect(await (await fetch(`${github.url}/_log?since=${String(entry?.n)}`)).json()).toEqual([]);
    await fetch(`${github.url}/_log`, { method: "DELETE" });
    expect(github.log.since()).toEqual([]);
  });

  it("names the owner of a revoked token and nobody for an unknown one", async () => {
    const token = github.issueToken("mona");
    github.control({ revokeToken: token });
    await get("/user", token);
    await get("/user", "gho_unknown");
    expect(github.log.since().map(({ tokenLogin, status }) => [tokenLogin, status])).toEqual([
      ["mona", 401],
      [null, 401],
    ]);
  });
});

describe("control", () => {
  it("takes the server down and brings it back, and refuses what it does not know", async () => {
    const control = (body: object) => postJson(`${github.url}/_control`, body);
    expect((await control({ down: true })).status).toBe(200);
    expect((await fetch(`${github.url}/meta`)).status).toBe(503);
    expect((await fetch(`${github.url}/_log`)).status).toBe(200);
    await control({ reset: true });
    expect((await fetch(`${github.url}/meta`)).status).toBe(200);
    expect((await control({ dwon: true })).status).toBe(400);
    expect((await control({ revokeLogin: "nobody" })).status).toBe(400);
  });
});

async function startedGithub(): Promise<GithubSimulator & AsyncDisposable> {
  const started = await startGithubSimulator();
  return { ...started, [Symbol.asyncDispose]: () => started.close() };
}
