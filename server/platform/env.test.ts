import { describe, expect, it } from "vitest";
import { describeProblems, parseEnv, type SettingName } from "./env";
import { SETTING_HELP } from "./settings-help";

const GOOD = {
  DATABASE_URL: "postgresql://u@h/db",
  NEXTAUTH_SECRET: "x".repeat(32),
  ENCRYPTION_KEYS: `k1:${Buffer.alloc(32).toString("base64")}`,
  GITHUB_CLIENT_ID: "id",
  GITHUB_CLIENT_SECRET: "secret",
};
const ok = (change: Record<string, string> = {}) => {
  const parsed = parseEnv({ ...GOOD, ...change });
  if (!parsed.ok) throw new Error(describeProblems(parsed.problems));
  return parsed.env;
};
const problems = (change: Record<string, string | undefined>) => {
  const parsed = parseEnv({ ...GOOD, ...change });
  return parsed.ok ? [] : parsed.problems;
};
const names = (change: Record<string, string | undefined>) => problems(change).map((each) => each.name);

describe("settings", () => {
  it("have defaults where they can", () => {
    expect(ok()).toMatchObject({
      PORT: 3000,
      APP_URL: "http://localhost:3000",
      GITHUB_URL: "https://github.com",
      CLI_URL: [],
      FLIGHTDECK_DEMO: false,
      CLEANUP_AT: "03:30",
    });
    expect(ok({ PORT: "8080" }).APP_URL).toBe("http://localhost:8080");
  });

  it.each(["web", "worker"])("need servers that all processes reach where this one is only %s", (role) => {
    expect(names({ FLIGHTDECK_ROLE: role })).toEqual(["CLI_URL"]);
    expect(names({ FLIGHTDECK_ROLE: role, CLI_URL: "a:1", COPILOT_CONNECTION_TOKEN: "x" })).toEqual([]);
  });

  it("need a token for the CLI servers that are started here, where these ask for everybody", () => {
    expect(names({ COPILOT_IDENTITY: "service" })).toEqual(["COPILOT_GITHUB_TOKEN"]);
    expect(names({ COPILOT_IDENTITY: "service", COPILOT_GITHUB_TOKEN: "gho_x" })).toEqual([]);
    const elsewhere = { CLI_URL: "a:1", COPILOT_CONNECTION_TOKEN: "x" };
    expect(names({ COPILOT_IDENTITY: "service", ...elsewhere })).toEqual([]);
    expect(ok().COPILOT_IDENTITY).toBe("user");
  });

  it("open addresses", () => {
    expect(ok().ALLOWED_EGRESS).toEqual([]);
    expect(ok({ ALLOWED_EGRESS: "127.0.0.1:9, ollama" }).ALLOWED_EGRESS).toMatchObject([
      { kind: "range", bits: 32, port: 9 },
      { kind: "host", host: "ollama", port: null },
    ]);
  });

  it("that are empty or white space count as unset", () => {
    expect(ok({ LOG_LEVEL: " ", APP_URL: "" })).toMatchObject({ LOG_LEVEL: "info", PORT: 3000 });
    expect(names({ GITHUB_CLIENT_ID: "  " })).toEqual(["GITHUB_CLIENT_ID"]);
  });

  it("are tidied: lists, letter case, slashes at the end", () => {
    const env = ok({
      ALLOWED_LOGINS: " Mona, ,hubot,",
      APP_URL: "https://x.example//",
      CLI_URL: "a:1, [::1]:2",
      COPILOT_CONNECTION_TOKEN: "x",
    });
    expect(env).toMatchObject({ ALLOWED_LOGINS: ["mona", "hubot"], APP_URL: "https://x.example" });
    expect(env.CLI_URL).toEqual(["a:1", "[::1]:2"]);
  });

  it("name other websites exactly", () => {
    const origins = "https://tools.example.com, http://localhost:5173";
    expect(ok({ CORS_ORIGINS: origins }).CORS_ORIGINS).toEqual(origins.split(", "));
    expect(ok().CORS_ORIGINS).toEqual([]);
    for (const wrong of [
      "*",
      "null",
      "tools.example.com",
      "https://x.example/",
      "ftp://x.example",
      "https://X.example",
    ]) {
      expect(names({ CORS_ORIGINS: wrong })).toEqual(["CORS_ORIGINS"]);
    }
  });

  it("map organisations and teams to roles", () => {
    const acme = { org: "acme", team: null, role: "user" };
    expect(ok({ GITHUB_ROLE_MAP: "acme=user" }).GITHUB_ROLE_MAP).toEqual([acme]);
    expect(ok().GITHUB_ROLE_MAP).toEqual([]);
    const [wrong] = problems({ GITHUB_ROLE_MAP: "acme=boss" });
    expect(wrong?.problem).toContain('"acme=boss" does not end in =user');
  });

  it("that are wrong are all named at once, also those that only do not fit together", () => {
    const wrong = {
      PORT: "abc",
      DATABASE_URL: undefined,
      GITHUB_CLIENT_ID: undefined,
      GITHUB_URL: "http://github.example",
      CLI_URL: "cli:4321",
      ENCRYPTION_KEYS: "nonsense",
      LOG_LEVEL: "loud",
    };
    expect(names(wrong).sort()).toEqual(
      [
        "PORT",
        "DATABASE_URL",
        "GITHUB_CLIENT_ID",
        "GITHUB_URL",
        "COPILOT_CONNECTION_TOKEN",
        "ENCRYPTION_KEYS",
        "LOG_LEVEL",
      ].sort(),
    );
  });

  it("that are wrong are told with what they are for and where to get them, without secrets", () => {
    const secret = "s3cr3t-value";
    const all = problems({
      ENCRYPTION_KEYS: `k1:${secret}`,
      NEXTAUTH_SECRET: secret,
      GITHUB_CLIENT_ID: undefined,
    });
    expect(all).toHaveLength(3);
    for (const each of all) expect(each).toMatchObject(SETTING_HELP[each.name as SettingName]);
    const text = describeProblems(all);
    for (const each of all) expect(text).toContain(`${each.name} ${each.problem}`);
    expect(text).toContain("GITHUB_CLIENT_ID is missing");
    expect(text).toContain("3 settings need attention");
    expect(text).not.toContain(secret);
  });

  it.each(Object.keys(SETTING_HELP))("%s says what it is for and where it comes from", (name) => {
    const help = SETTING_HELP[name as SettingName];
    expect(help.purpose).toMatch(/\.$/);
    expect(help.where).toMatch(/\.$/);
  });

  it.each([
    ["PORT", "70000"],
    ["PORT", "3.5"],
    ["APP_URL", "ftp://x"],
    ["APP_URL", "example.com"],
    ["DATABASE_URL", "mysql://x"],
    ["NEXTAUTH_SECRET", "short"],
    ["CLI_URL", "no-port"],
    ["CLI_URL", "host:99999"],
    ["CLI_URL", "host:0"],
    ["CLI_URL", "http://host:1"],
    ["FLIGHTDECK_DEMO", "yes"],
    ["CLEANUP_AT", "24:00"],
    ["CLEANUP_AT", "3:30"],
    ["CLEANUP_AT", "03:60"],
    ["GITHUB_URL", "http://github.example"],
    ["GITHUB_ROLE_MAP", "acme=boss"],
    ["COPILOT_IDENTITY", "server"],
    ["ALLOWED_EGRESS", "10.0.0.0/33"],
    ["HTTPS_PROXY", "proxy:3128"],
  ])("%s=%s is refused by name", (name, value) => {
    expect(names({ [name]: value, COPILOT_CONNECTION_TOKEN: "x" })).toEqual([name]);
  });
});

describe("the stand-in for GitHub", () => {
  it.each([
    "http://localhost:9",
    "http://127.0.0.1:9",
    "http://127.9.9.9",
    "http://[::1]:9",
    "https://localhost",
  ])("at %s is allowed in the demo alone, and binds the app to loopback", (GITHUB_URL) => {
    expect(names({ GITHUB_URL })).toEqual(["GITHUB_URL"]);
    expect(names({ GITHUB_URL, FLIGHTDECK_DEMO: "1", HOSTNAME: "0.0.0.0" })).toEqual(["HOSTNAME"]);
    expect(names({ GITHUB_URL, FLIGHTDECK_DEMO: "1", HOSTNAME: "127.0.0.1" })).toEqual([]);
  });

  it("cannot be reached by a name that only looks like loopback", () => {
    for (const GITHUB_URL of ["http://127.0.0.1.example", "http://localhost.example", "http://0.0.0.0"])
      expect(names({ GITHUB_URL, FLIGHTDECK_DEMO: "1", HOSTNAME: "127.0.0.1" })).toEqual(["GITHUB_URL"]);
  });
});
