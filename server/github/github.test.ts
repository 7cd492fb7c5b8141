import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { AppError } from "@/lib/errors/app-error";
import type { Clock } from "@/server/platform/clock";
import { Secret } from "@/server/platform/secret";
import { createGithub } from "./github";
import { githubHosts } from "./hosts";
import type { Fetch } from "./http";

const NOW = new Date("2026-01-01T00:00:00Z");
const clock: Clock = { now: () => NOW, monotonicMs: () => 0, sleep: async () => {} };
const env = {
  GITHUB_URL: "https://github.com",
  GITHUB_CLIENT_ID: "id",
  GITHUB_CLIENT_SECRET: "client-secret",
};
const secret = new Secret("ghr_old");
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });

/** Answers one call after the other; a thrown value is a network failure. */
function githubAnswering(...answers: (Response | Error)[]) {
  const calls: { url: string; init: RequestInit }[] = [];
  const fetch: Fetch = async (url, init) => {
    calls.push({ url, init });
    const answer = answers.shift();
    if (!answer) throw new Error("no more answers");
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { github: createGithub({ env, clock, fetch }), calls };
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => new Error("it succeeded"),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof AppError)) throw error;
  expect(inspect(error, { depth: null })).not.toMatch(/ghr_|ghu_|gho_|client-secret/);
  return error.code;
}

describe("GitHub's hosts", () => {
  it.each([
    ["https://github.com", "https://github.com", "https://api.github.com"],
    ["https://acme.ghe.com", "https://acme.ghe.com", "https://api.acme.ghe.com"],
    ["http://127.0.0.1:4010", "http://127.0.0.1:4010", "http://127.0.0.1:4010/api/v3"],
    ["http://localhost:4010", "http://localhost:4010", "http://localhost:4010/api/v3"],
    ["https://evil-ghe.com", "https://evil-ghe.com", "https://evil-ghe.com/api/v3"],
  ])("of %s follow from it", (url, web, api) => {
    expect(githubHosts(url)).toEqual({ web, api });
  });
});

describe("refreshing", () => {
  it("gives absolute dates, and sends the client's credentials in the body", async () => {
    const { github, calls } = githubAnswering(
      json({
        access_token: "ghu_a",
        refresh_token: "ghr_b",
        expires_in: 28_800,
        refresh_token_expires_in: "15897600",
      }),
    );
    const answer = await github.refresh(secret);
    if (!answer.ok) throw new Error("refused");
    expect(answer.tokens.accessToken.use((value) => value)).toBe("ghu_a");
    expect(answer.tokens.accessExpiresAt).toEqual(new Date("2026-01-01T08:00:00Z"));
    expect(answer.tokens.refreshExpiresAt).toEqual(new Date(NOW.getTime() + 15_897_600_000));
    expect(answer.tokens.scope).toBeNull();
    expect(calls[0]?.url).toBe("https://github.com/login/oauth/access_token");
    expect(String(calls[0]?.init.body)).toBe(
      "client_id=id&client_secret=client-secret&grant_type=refresh_token&refresh_token=ghr_old",
    );
  });

  it("tells a refused refresh token apart from wrong client credentials", async () => {
    const refused = githubAnswering(json({ error: "bad_refresh_token" }));
    expect(await refused.github.refresh(secret)).toEqual({ ok: false, reason: "refused" });
    const misconfigured = githubAnswering(json({ error: "incorrect_client_credentials" }));
    expect(await codeOf(misconfigured.github.refresh(secret))).toBe("github_unavailable");
  });

  it.each([
    ["a network failure", new TypeError("fetch failed")],
    ["a server error", json({}, 503)],
    ["too many requests", json({}, 429)],
    ["a proxy's page", new Response("<html>ghu_leak</html>")],
    ["an unknown shape", json({ access_token: 7 })],
  ])("is never repeated after %s", async (_name, answer) => {
    const { github, calls } = githubAnswering(answer, json({ access_token: "ghu_second" }));
    expect(await codeOf(github.refresh(secret))).toBe("github_unavailable");
    expect(calls).toHaveLength(1);
  });
});

describe("the code of a sign-in", () => {
  const exchange = ({ github }: ReturnType<typeof githubAnswering>) =>
    github.exchangeCode({ code: "code", codeVerifier: "verifier", redirectUri: "http://x.test/back" });

  it("is sent a second time, unchanged, where the connection was closed before an answer, and no third time", async () => {
    const closed = () => new TypeError("fetch failed");
    const flaky = githubAnswering(closed(), json({ access_token: "ghu_a" }));
    expect(await exchange(flaky)).toMatchObject({ ok: true });
    const bodies = flaky.calls.map(({ init }) => String(init.body));
    expect(bodies[0]).toContain("code=code&");
    expect(bodies).toEqual([bodies[0], bodies[0]]);
    const down = githubAnswering(closed(), closed(), json({ access_token: "ghu_a" }));
    expect(await codeOf(exchange(down))).toBe("github_unavailable");
    expect(down.calls).toHaveLength(2);
  });

  it("is refused where GitHub took it and the answer was lost", async () => {
    const lost = githubAnswering(json({}, 502), json({ error: "bad_verification_code" }));
    expect(await exchange(lost)).toEqual({ ok: false, reason: "refused" });
  });
});

describe("reading", () => {
  it("tries a second time where the first gave no answer, and no third time", async () => {
    const user = { id: 1001, login: "mona", name: "", avatar_url: "https://x.test/a.png" };
    const flaky = githubAnswering(new TypeError("fetch failed"), json(user));
    expect(await flaky.github.user(secret)).toEqual({
      githubId: "1001",
      login: "mona",
      name: null,
      image: "https://x.test/a.png",
    });
    const down = githubAnswering(json({}, 503), json({}, 502), json(user));
    expect(await codeOf(down.github.user(secret))).toBe("github_unavailable");
    expect(down.calls).toHaveLength(2);
  });

  it("says sign in again where GitHub does not accept the token", async () => {
    const { github, calls } = githubAnswering(json({ message: "Bad credentials" }, 401));
    expect(await codeOf(github.user(secret))).toBe("github_sign_in_required");
    expect(calls).toHaveLength(1);
  });

  it("reads every page of organisations, active memberships only", async () => {
    const row = (login: string, state = "active") => ({ state, organization: { login } });
    const full = Array.from({ length: 100 }, (_, index) => row(`org-${index}`));
    const { github, calls } = githubAnswering(json(full), json([row("last"), row("invited", "pending")]));
    const answer = await github.organizations(secret);
    expect(answer).toEqual({
      readable: true,
      logins: [...full.map((each) => each.organization.login), "last"],
    });
    expect(calls.map(({ url }) => new URL(url).searchParams.get("page"))).toEqual(["1", "2"]);
  });

  it("says so where the token may not list organisations", async () => {
    const { github } = githubAnswering(json({ message: "read:org" }, 403));
    expect(await github.organizations(secret)).toEqual({ readable: false });
  });
});

describe("a membership", () => {
  const org = { org: "acme", team: null };
  const team = { org: "acme", team: "platform" };
  const answering = (status: number, headers: Record<string, string> = {}, body: unknown = {}) =>
    githubAnswering(...[1, 2].map(() => new Response(JSON.stringify(body), { status, headers })));

  it("is asked for by place, so that nothing is paged through", async () => {
    const active = githubAnswering(json({ state: "active" }), json({ state: "active" }));
    expect(await active.github.membership(secret, org, "mona")).toBe("member");
    expect(await active.github.membership(secret, team, "mona")).toBe("member");
    expect(active.calls.map(({ url }) => new URL(url).pathname)).toEqual([
      "/user/memberships/orgs/acme",
      "/orgs/acme/teams/platform/memberships/mona",
    ]);
  });

  it.each<[string, number, Record<string, string>, unknown, string]>([
    ["that is only an invitation", 200, {}, { state: "pending" }, "none"],
    ["that is not there", 404, { "x-oauth-scopes": "read:org, read:user" }, {}, "none"],
    ["that a GitHub App does not find", 404, {}, {}, "none"],
    ["that needs single sign-on", 403, { "x-github-sso": "required; url=https://x.test" }, {}, "sso"],
    ["that the token's scopes hide", 404, { "x-oauth-scopes": "read:user" }, {}, "hidden"],
    ["that the organisation hides from the app", 403, { "x-oauth-scopes": "read:org" }, {}, "hidden"],
  ])("%s is told apart", async (_name, status, headers, body, membership) => {
    const { github } = answering(status, headers, body);
    expect(await github.membership(secret, team, "mona")).toBe(membership);
  });

  it.each<[number, Record<string, string>]>([
    [403, { "x-ratelimit-remaining": "0" }],
    [403, { "retry-after": "60" }],
    [429, {}],
    [302, {}],
    [502, {}],
  ])("is unknown where GitHub answers %i %j", async (status, headers) => {
    const { github } = answering(status, headers);
    expect(await codeOf(github.membership(secret, org, "mona"))).toBe("github_unavailable");
  });
});
