import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type GithubSimulator, startGithubSimulator } from "@/e2e/simulators/github-simulator";
import { AppError } from "@/lib/errors/app-error";
import type { AccessLists } from "@/server/domain/accounts/rules";
import type { RoleMapping } from "@/server/platform/role-map";
import { createTestDatabase, type TestDatabase } from "@/tests/support/database";
import { openBrowser, startSignIn } from "@/tests/support/sign-in";

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

/** What the database knows of anybody. */
const rowCounts = async () => {
  const { user, account, session, githubCredential } = database.db;
  return Promise.all([user.count(), account.count(), session.count(), githubCredential.count()]);
};

describe("roles by organisation and team", () => {
  const map: RoleMapping[] = [
    { org: "octo-org", team: "platform", role: "admin" },
    { org: "octo-org", team: null, role: "user" },
  ];
  const mapped = (change: Partial<AccessLists> = {}) =>
    startApp({ lists: { GITHUB_ROLE_MAP: map, ...change } });
  const refusal = (code: string, login: string) => `/signin?error=${code}&login=${login}`;
  const row = (login: string) => database.db.user.findUniqueOrThrow({ where: { login } });
  const moveTo = (login: string, ...places: string[]) =>
    simulator.control({ memberships: { [login]: places } });

  it("are those of the strongest place, from the first sign-in on, and kept up with at each", async () => {
    const app = mapped();
    const [mona, hubot] = [openBrowser(app), openBrowser(app)];
    await mona.signIn("mona");
    await hubot.signIn("hubot");
    expect([(await mona.actor())?.role, (await hubot.actor())?.role]).toEqual(["admin", "user"]);
    expect(await row("hubot")).toMatchObject({ role: "user", mappedRole: "user" });
    expect((await row("hubot")).membershipAt).not.toBeNull();
    moveTo("hubot", "octo-org/platform");
    await hubot.signIn("hubot");
    expect((await hubot.actor())?.role).toBe("admin");
  });

  it("let nobody in who is in none, unless a list names them", async () => {
    expect(await openBrowser(mapped()).signIn("octocat")).toBe(refusal("not_a_member", "octocat"));
    expect(await rowCounts()).toEqual([0, 0, 0, 0]);
    const listed = openBrowser(mapped({ ALLOWED_LOGINS: ["octocat"] }));
    await listed.signIn("octocat");
    expect(await listed.actor()).toMatchObject({ login: "octocat", role: "user" });
    const operator = openBrowser(mapped({ ADMIN_LOGINS: ["octocat"] }));
    await operator.signIn("octocat");
    expect(await operator.actor()).toMatchObject({ login: "octocat", role: "admin" });
    // ALLOWED_ORGS goes on to let its members in.
    moveTo("octocat", "flightdeck-inc");
    const member = openBrowser(mapped({ ALLOWED_ORGS: ["flightdeck-inc"] }));
    await member.signIn("octocat");
    expect(await row("octocat")).toMatchObject({ mappedRole: "user" });
  });

  it("suspend at the next sign-in who is in none any more, and let them back in", async () => {
    const app = mapped();
    const [mona, hubot, elsewhere] = [openBrowser(app), openBrowser(app), openBrowser(app)];
    for (const browser of [hubot, elsewhere]) await browser.signIn("hubot");
    await mona.signIn("mona");
    moveTo("hubot");
    expect(await elsewhere.signIn("hubot")).toBe(refusal("suspended", "hubot"));
    expect(await hubot.actor()).toBeNull();
    const { id } = await row("hubot");
    expect(await database.db.githubCredential.count({ where: { userId: id } })).toBe(0);
    moveTo("hubot", "octo-org");
    await hubot.signIn("hubot");
    expect(await hubot.actor()).toMatchObject({ ownerId: id, role: "user" });
    const lines = await database.db.auditEvent.findMany({ where: { targetId: id }, orderBy: { seq: "asc" } });
    expect(lines.map(({ action, code }) => [action, code])).toEqual([
      ...[
        ["sign_in", null],
        ["sign_in", null],
      ],
      ...[
        ["person.suspended", null],
        ["sign_in_refused", "suspended"],
      ],
      ...[
        ["person.restored", null],
        ["sign_in", null],
      ],
    ]);
  });

  it("say where single sign-on is what is missing", async () => {
    simulator.control({ sso: ["octo-org"] });
    expect(await openBrowser(mapped()).signIn("hubot")).toBe(refusal("sso_required", "hubot"));
    expect(await rowCounts()).toEqual([0, 0, 0, 0]);
  });

  it("take nothing from anybody where GitHub does not show memberships or does not answer", async () => {
    const first = openBrowser(mapped());
    await first.signIn("hubot");
    const lists = { GITHUB_ROLE_MAP: map };
    const hidden = startApp({ lists, github: { membership: async () => "hidden" } });
    expect(await openBrowser(hidden).signIn("hubot")).toBe(refusal("not_a_member", "hubot"));
    expect(hidden.lines.join()).toContain("does not show a membership");
    const away = () => Promise.reject(new AppError("github_unavailable"));
    const silent = startApp({ lists, github: { membership: away } });
    expect(await openBrowser(silent).signIn("hubot")).toBe("/signin?error=github_unavailable");
    expect(await first.actor()).toMatchObject({ login: "hubot" });
  });

  it("ask GitHub for what it takes to read them, whatever GITHUB_SCOPE says", async () => {
    const scopeOf = async (lists: Partial<AccessLists>, scope: string) =>
      (await openBrowser(startApp({ lists, scope })).toGithub()).searchParams.get("scope");
    const lists = { GITHUB_ROLE_MAP: map };
    expect(await scopeOf(lists, "read:user")).toBe("read:user read:org");
    expect(await scopeOf(lists, "admin:org")).toBe("admin:org");
    expect(await scopeOf({}, "read:user")).toBe("read:user");
  });

  it("are of no account any more without a map", async () => {
    const app = mapped();
    await openBrowser(app).signIn("mona");
    await database.db.user.update({ where: { login: "mona" }, data: { suspendedAt: new Date() } });
    const browser = openBrowser(startApp());
    await browser.signIn("mona");
    expect(await browser.actor()).toMatchObject({ login: "mona", role: "user" });
  });
});
