import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type GithubSimulator, startGithubSimulator } from "@/e2e/simulators/github-simulator";
import { AppError } from "@/lib/errors/app-error";
import { createTestDatabase, type TestDatabase } from "@/tests/support/database";
import { openBrowser, startSignIn } from "@/tests/support/sign-in";

const LOGIN_COOKIE = "next-auth.session-token";
let simulator: GithubSimulator;
let database: TestDatabase;

const startApp = (overrides: Parameters<typeof startSignIn>[1] = {}) =>
  startSignIn({ simulator, db: database.db }, overrides);

beforeAll(async () => {
  simulator = await startGithubSimulator();
  database = await createTestDatabase();
});
afterAll(async () => {
  await database?.[Symbol.asyncDispose]();
  await simulator?.close();
});
beforeEach(async () => {
  simulator.control({ reset: true });
  await database.db.user.deleteMany();
});

const tables = async () => {
  const { user, account, session, githubCredential } = database.db;
  return Promise.all([user.findMany(), account.findMany(), session.findMany(), githubCredential.findMany()]);
};
const rowCounts = async () => (await tables()).map((rows) => rows.length);

describe("signing in", () => {
  it("makes a person with a login, and goes where the person wanted to", async () => {
    const app = startApp({ lists: { ADMIN_LOGINS: ["mona"] } });
    const browser = openBrowser(app);
    expect(await browser.signIn("mona", "/sessions/1?tab=a")).toBe("http://localhost:3000/sessions/1?tab=a");
    const actor = await browser.actor();
    expect(actor).toMatchObject({ login: "mona", role: "admin" });
    if (!actor) throw new Error("nobody");
    expect(await app.accounts.person(actor)).toMatchObject({ name: "Mona Lisa Octocat", login: "mona" });
    expect(await rowCounts()).toEqual([1, 1, 1, 1]);
    expect(await (await browser.visit("/api/auth/session")).json()).toMatchObject({
      user: { name: "Mona Lisa Octocat" },
    });
  });

  it("suggests the login to GitHub and nothing else of the query, with state and PKCE", async () => {
    const url = await openBrowser(startApp()).toGithub("mona");
    expect(url.origin).toBe(simulator.url);
    expect(url.searchParams.get("login")).toBe("mona");
    expect(url.searchParams.get("scope")).toBe("read:user read:org");
    expect(url.searchParams.get("code_challenge_method")).toBe("S256");
    expect(url.searchParams.get("state")).toMatch(/.{40}/);
    expect(url.searchParams.get("redirect_uri")).toBe("http://localhost:3000/api/auth/callback/github");
    const browser = openBrowser(startApp());
    const { csrfToken } = (await (await browser.visit("/api/auth/csrf")).json()) as { csrfToken: string };
    const tampered = await browser.visit("/api/auth/signin/github?scope=repo&client_id=x", { csrfToken });
    const target = new URL(tampered.headers.get("location") ?? "");
    expect(target.searchParams.get("scope")).toBe("read:user read:org");
    expect(target.searchParams.get("client_id")).toBe(simulator.client.clientId);
  });

  it("answers programs that ask for JSON", async () => {
    const browser = openBrowser(startApp());
    const { csrfToken } = (await (await browser.visit("/api/auth/csrf")).json()) as { csrfToken: string };
    const form = { csrfToken, callbackUrl: "/", json: "true" };
    const answer = await browser.visit("/api/auth/signin/github?login=mona", form);
    expect(answer.status).toBe(200);
    expect(((await answer.json()) as { url: string }).url).toContain(
      `${simulator.url}/login/oauth/authorize`,
    );
  });

  it("stores the tokens sealed, and shows them nowhere: rows, cookies, log", async () => {
    simulator.control({ tokenMode: "expiring" });
    const app = startApp();
    const browser = openBrowser(app);
    await browser.signIn("mona");
    const actor = await browser.actor();
    if (!actor) throw new Error("nobody");
    const token = (await app.credentials.accessToken(actor.ownerId)).use((value) => value);
    expect(token).toMatch(/^ghu_/);
    const everything = JSON.stringify([await tables(), browser.setCookies, [...browser.jar], app.lines]);
    expect(everything).not.toContain(token);
    expect(everything).not.toMatch(/gh[our]_[A-Za-z0-9]/);
    const row = await database.db.githubCredential.findFirstOrThrow();
    expect(row.accessToken).toMatch(/^fd1\.k1\./);
    expect(row.refreshToken).toMatch(/^fd1\.k1\./);
    expect(row.accessExpiresAt?.getTime()).toBeGreaterThan(Date.now() + 7 * 3_600_000);
    expect(row.refreshExpiresAt?.getTime()).toBeGreaterThan(Date.now() + 180 * 86_400_000);
  });

  it("again replaces the tokens and brings a rejected credential back, without a second person or login", async () => {
    const app = startApp();
    const browser = openBrowser(app);
    await browser.signIn("mona");
    const actor = await browser.actor();
    if (!actor) throw new Error("nobody");
    const first = await app.credentials.accessToken(actor.ownerId);
    await app.credentials.reject(actor.ownerId, first);
    const cookie = browser.jar.get(LOGIN_COOKIE);
    expect(await browser.signIn("mona")).toBe("http://localhost:3000/");
    expect(await app.credentials.status(actor.ownerId)).toBe("active");
    expect(await rowCounts()).toEqual([1, 1, 1, 1]);
    expect(browser.jar.get(LOGIN_COOKIE)).toBe(cookie);
    expect((await browser.actor())?.ownerId).toBe(actor.ownerId);
  });

  it("as another person in the same browser never joins the two, and ends the first login", async () => {
    const browser = openBrowser(startApp());
    await browser.signIn("mona");
    const first = browser.jar.get(LOGIN_COOKIE) ?? "";
    await browser.signIn("hubot");
    expect(await browser.actor()).toMatchObject({ login: "hubot" });
    expect(await rowCounts()).toEqual([2, 2, 1, 2]);
    expect(await database.db.session.findUnique({ where: { sessionToken: first } })).toBeNull();
    await browser.signIn("mona");
    expect(await browser.actor()).toMatchObject({ login: "mona" });
    expect(await rowCounts()).toEqual([2, 2, 1, 2]);
  });

  it("follows a renamed login, and takes it from whoever held it", async () => {
    const app = startApp();
    const stale = await app.accounts.register({ githubId: "77", login: "mona", name: null, image: null });
    const renamed = await app.accounts.register({
      githubId: "1002",
      login: "old-hubot",
      name: null,
      image: null,
    });
    const browser = openBrowser(app);
    await browser.signIn("mona");
    expect((await browser.actor())?.ownerId).not.toBe(stale);
    await browser.signIn("hubot");
    expect(await browser.actor()).toMatchObject({ ownerId: renamed, login: "hubot" });
  });

  it("keeps cookies away from scripts, and to https where the app is on https", async () => {
    const plain = openBrowser(startApp());
    await plain.signIn("mona");
    expect(plain.setCookies.every((line) => /HttpOnly/i.test(line) && /SameSite=Lax/i.test(line))).toBe(true);
    const browser = openBrowser(startApp({ appUrl: "https://localhost:3443" }));
    await browser.signIn("mona");
    expect(await browser.actor()).toMatchObject({ login: "mona" });
    expect(browser.setCookies.every((line) => /; Secure/i.test(line) && /^__(Secure|Host)-/.test(line))).toBe(
      true,
    );
  });
});

describe("people who may not sign in", () => {
  it("learn why, and leave nothing in the database", async () => {
    const browser = openBrowser(startApp({ lists: { ALLOWED_LOGINS: ["mona"] } }));
    expect(await browser.signIn("octocat")).toBe("/signin?error=not_on_list&login=octocat");
    expect(await rowCounts()).toEqual([0, 0, 0, 0]);
    expect(await browser.actor()).toBeNull();
    expect(simulator.log.since().some(({ path }) => path.includes("memberships"))).toBe(false);
  });

  it("are told from members of an allowed organisation", async () => {
    const app = startApp({ lists: { ALLOWED_ORGS: ["octo-org"] } });
    expect(await openBrowser(app).signIn("hubot")).toBe("http://localhost:3000/");
    expect(await openBrowser(app).signIn("octocat")).toBe("/signin?error=not_on_list&login=octocat");
    expect(await rowCounts()).toEqual([1, 1, 1, 1]);
  });

  it("do not get in because GitHub hides or cannot tell their organisations", async () => {
    const lists = { ALLOWED_ORGS: ["octo-org"] };
    const hidden = startApp({ lists, github: { organizations: async () => ({ readable: false }) } });
    expect(await openBrowser(hidden).signIn("hubot")).toBe("/signin?error=not_on_list&login=hubot");
    expect(hidden.lines.join()).toContain("read:org");
    expect(await rowCounts()).toEqual([0, 0, 0, 0]);
  });

  it("are signed out at the next request when the list changes", async () => {
    const browser = openBrowser(startApp({ lists: { ALLOWED_LOGINS: ["mona"] } }));
    await browser.signIn("mona");
    const { accounts } = startApp({ lists: { ALLOWED_LOGINS: ["hubot"] } });
    expect(await accounts.authenticate(browser.jar.get(LOGIN_COOKIE) ?? "", null)).toBeNull();
  });
});

describe("the audit log", () => {
  const events = async () =>
    (await database.db.auditEvent.findMany({ orderBy: { seq: "asc" } })).map(
      ({ action, actorName, targetName, result, code }) => [action, actorName, targetName, result, code],
    );

  it("has who came in, who was refused and why, and who left", async () => {
    const before = (await events()).length;
    const app = startApp({ lists: { ALLOWED_LOGINS: ["mona", "hubot"] } });
    const browser = openBrowser(app);
    await browser.signIn("mona");
    await browser.signOut();
    await openBrowser(app).signIn("octocat");
    await openBrowser(app).signIn("hubot");
    await database.db.user.update({ where: { login: "hubot" }, data: { disabledAt: new Date() } });
    expect(await openBrowser(app).signIn("hubot")).toBe("/signin?error=disabled&login=hubot");
    expect((await events()).slice(before)).toEqual([
      ["sign_in", "mona", "mona", "ok", null],
      ["sign_out", "mona", null, "ok", null],
      ["sign_in_refused", null, "octocat", "refused", "not_on_list"],
      ["sign_in", "hubot", "hubot", "ok", null],
      ["sign_in_refused", null, "hubot", "refused", "disabled"],
    ]);
  });

  it("has nothing of what nobody can be asked about: answers that GitHub did not give", async () => {
    const before = (await events()).length;
    await openBrowser(startApp()).visit("/api/auth/callback/github?error=access_denied");
    await openBrowser(startApp()).visit("/api/auth/callback/github?code=x&state=y");
    expect((await events()).slice(before)).toEqual([]);
  });
});

describe("a sign-in that cannot be completed", () => {
  async function answerOf(browser: ReturnType<typeof openBrowser>, callback: string): Promise<string> {
    return (await browser.visit(callback)).headers.get("location") ?? "";
  }
  async function approved(browser: ReturnType<typeof openBrowser>, login = "mona"): Promise<string> {
    const answer = await fetch(await browser.toGithub(login), { redirect: "manual" });
    return answer.headers.get("location") ?? "";
  }

  it("says that GitHub is down, at the exchange and while reading organisations", async () => {
    const browser = openBrowser(startApp());
    const callback = await approved(browser);
    simulator.control({ down: true });
    expect(await answerOf(browser, callback)).toBe("/signin?error=github_unavailable");

    simulator.control({ down: false });
    const organizations = () => Promise.reject(new AppError("github_unavailable"));
    const gated = openBrowser(startApp({ lists: { ALLOWED_ORGS: ["octo-org"] }, github: { organizations } }));
    expect(await gated.signIn("hubot")).toBe("/signin?error=github_unavailable");
    expect(await rowCounts()).toEqual([0, 0, 0, 0]);
  });

  it("says that the person cancelled", async () => {
    const browser = openBrowser(startApp());
    const { searchParams } = await browser.toGithub();
    const cancelled = `/api/auth/callback/github?error=access_denied&state=${searchParams.get("state")}`;
    expect(await answerOf(browser, cancelled)).toBe("/signin?error=access_denied");
    const odd = "/api/auth/callback/github?error=application_suspended";
    expect(await answerOf(browser, odd)).toBe("/signin?error=OAuthCallback");
  });

  it("refuses the answer of another browser, a wrong state, a used code and a missing one", async () => {
    const app = startApp();
    const [browser, other] = [openBrowser(app), openBrowser(app)];
    const callback = await approved(browser);
    await other.toGithub("hubot");
    expect(await answerOf(openBrowser(app), callback)).toBe("/signin?error=OAuthCallback");
    expect(await answerOf(other, callback)).toBe("/signin?error=OAuthCallback");
    // Fresh codes, so that the state is the only thing wrong.
    const wrongState = new URL(await approved(browser));
    wrongState.searchParams.set("state", "x".repeat(43));
    expect(await answerOf(browser, wrongState.href)).toBe("/signin?error=OAuthCallback");
    const noState = new URL(await approved(browser));
    noState.searchParams.delete("state");
    expect(await answerOf(browser, noState.href)).toBe("/signin?error=OAuthCallback");
    expect(await rowCounts()).toEqual([0, 0, 0, 0]);

    const again = await approved(browser);
    const cookies = new Map(browser.jar);
    expect(await answerOf(browser, again)).toBe("http://localhost:3000/");
    for (const [name, value] of cookies) browser.jar.set(name, value);
    expect(await answerOf(browser, again)).toBe("/signin?error=OAuthCallback");
    expect(await answerOf(browser, "/api/auth/callback/github")).toBe("/signin?error=OAuthCallback");
  });

  it("is started by our own page alone", async () => {
    const browser = openBrowser(startApp());
    const answer = await browser.visit("/api/auth/signin/github", { csrfToken: "forged" });
    expect(answer.headers.get("location")).toBe("/signin?error=form_expired");
    expect((await browser.visit("/api/auth/_log", { level: "error" })).status).toBe(404);
  });

  it("shows the sign-in page for NextAuth's own addresses", async () => {
    const browser = openBrowser(startApp());
    const page = await answerOf(browser, "/api/auth/signin/github?callbackUrl=/sessions");
    expect(page).toBe(`/signin?callbackUrl=${encodeURIComponent("http://localhost:3000/sessions")}`);
    expect(await answerOf(browser, "/api/auth/error?error=<script>")).toBe("/signin?error=Callback");
  });

  it("never sends people to another website afterwards", async () => {
    for (const url of [
      "https://evil.example/",
      "//evil.example/x",
      "javascript:alert(1)",
      "not a url\u0000",
    ]) {
      expect(await openBrowser(startApp()).signIn("mona", url)).toMatch(/^http:\/\/localhost:3000(\/|$)/);
    }
  });
});

describe("a login", () => {
  it("ends when its row is deleted, and at sign-out, also where the row is gone already", async () => {
    const browser = openBrowser(startApp());
    await browser.signIn("mona");
    const signedOut = await browser.signOut();
    expect(signedOut.headers.get("location")).toBe("http://localhost:3000/signin");
    expect(await database.db.session.count()).toBe(0);
    expect(browser.jar.has(LOGIN_COOKIE)).toBe(false);

    await browser.signIn("mona");
    await database.db.session.deleteMany();
    expect(await browser.actor()).toBeNull();
    expect((await browser.signOut()).headers.get("location")).toBe("http://localhost:3000/signin");
    expect(browser.jar.has(LOGIN_COOKIE)).toBe(false);
  });

  it("stays where somebody else's page asks to sign out", async () => {
    const browser = openBrowser(startApp());
    await browser.signIn("mona");
    await browser.visit("/api/auth/signout", { csrfToken: "forged" });
    expect(await browser.actor()).toMatchObject({ login: "mona" });
  });
});
