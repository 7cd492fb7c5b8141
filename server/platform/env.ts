import { z } from "zod";
import { isHostPort } from "@/lib/contracts/fleet";
import { parseEncryptionKeys } from "./encryption-keys";
import { parseRoleMap } from "./role-map";

/** A setting that is missing or malformed: what it is for and where to get it. */
export type SettingProblem = { name: string; problem: string; purpose: string; where: string };

/** Hosts that never leave this machine. */
export const isLoopbackHost = (host: string) =>
  host === "localhost" || host === "[::1]" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);

const list = (text: string) =>
  text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");

const List = z.string().default("").transform(list);
const LowercaseList = List.transform((items) => items.map((item) => item.toLowerCase()));

const HttpUrl = z
  .url({ protocol: /^https?$/, error: "is not an http(s) URL" })
  .transform((url) => url.replace(/\/+$/, ""));

const PORT_MAX = 65_535;
const COUNT_MAX = 100_000;
const Count = z.coerce.number("is not a number").int("is not a whole number").min(1).max(COUNT_MAX);

const Settings = z.object({
  PORT: z.coerce.number().int().min(0).max(PORT_MAX).default(3000),
  HOSTNAME: z.string().default("0.0.0.0"),
  APP_URL: HttpUrl,
  DATA_DIR: z.string().default(".data"),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, "is not a postgresql:// URL"),
  NEXTAUTH_SECRET: z.string().min(32, "needs at least 32 characters"),
  ENCRYPTION_KEYS: z.string().transform((text, context) => {
    const parsed = parseEncryptionKeys(text);
    if (parsed.ok) return parsed.keys;
    context.addIssue({ code: "custom", message: parsed.problem });
    return z.NEVER;
  }),
  GITHUB_URL: HttpUrl.default("https://github.com"),
  GITHUB_CLIENT_ID: z.string().min(1, "is empty"),
  GITHUB_CLIENT_SECRET: z.string().min(1, "is empty"),
  GITHUB_SCOPE: z.string().default("read:user read:org"),
  ALLOWED_LOGINS: LowercaseList,
  ALLOWED_ORGS: LowercaseList,
  ADMIN_LOGINS: LowercaseList,
  GITHUB_ROLE_MAP: z
    .string()
    .default("")
    .transform((text, context) => {
      const parsed = parseRoleMap(text);
      if (parsed.ok) return parsed.map;
      context.addIssue({ code: "custom", message: parsed.problem });
      return z.NEVER;
    }),
  ADMIN_TRANSCRIPTS: z.enum(["closed", "with-reason"], "must be closed or with-reason").default("closed"),
  TRUSTED_PROXIES: z.coerce.number("is not a number").int("is not a whole number").min(0).max(10).default(0),
  CLI_URL: List.refine((items) => items.every(isHostPort), {
    message: "is not a comma-separated list of host:port",
  }),
  COPILOT_CONNECTION_TOKEN: z.string().default(""),
  DEFAULT_MODEL: z.string().default(""),
  MAX_TURNS_PER_SERVER: Count.default(20),
  MAX_TURNS_PER_PERSON: Count.default(5),
  MAX_SESSIONS_PER_SERVER: Count.default(200),
  MAX_QUEUED_TURNS: Count.default(200),
  MAX_QUEUED_TURNS_PER_PERSON: Count.default(20),
  DRAIN_SECONDS: z.coerce.number().int().min(0).max(3_600).default(20),
  CLEANUP_AT: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "is not a time of day such as 03:30")
    .default("03:30"),
  FLIGHTDECK_ROLE: z.enum(["all", "web", "worker"], "must be all, web or worker").default("all"),
  FLIGHTDECK_DEMO: z
    .enum(["0", "1"], "must be 0 or 1")
    .default("0")
    .transform((flag) => flag === "1"),
});

export type Env = z.infer<typeof Settings>;
export type SettingName = keyof typeof Settings.shape;

/** What each setting is for, and where its value comes from. The README's table is checked against this. */
export const SETTING_HELP: Record<SettingName, { purpose: string; where: string }> = {
  PORT: { purpose: "Port the app listens on.", where: "Any free port; default 3000." },
  HOSTNAME: {
    purpose: "Address the app listens on.",
    where: "Default 0.0.0.0 (every interface); 127.0.0.1 behind a reverse proxy on the same machine.",
  },
  APP_URL: {
    purpose: "Address under which people open the app; GitHub sends them back to it after sign-in.",
    where: "Your public URL, e.g. https://flightdeck.example.com; default http://localhost:PORT.",
  },
  DATA_DIR: {
    purpose: "Folder for what Flightdeck keeps itself: generated secrets, embedded database, CLI home.",
    where: "A folder that survives restarts; default .data.",
  },
  LOG_LEVEL: { purpose: "How much is logged.", where: "trace, debug, info, warn, error, fatal or silent." },
  DATABASE_URL: {
    purpose: "The Postgres database that holds sessions, turns and the event log.",
    where:
      "postgresql://user:password@host:5432/name; unset with `npm start`: an embedded Postgres in DATA_DIR.",
  },
  NEXTAUTH_SECRET: {
    purpose: "Signs sign-in cookies.",
    where: "`openssl rand -base64 33`; unset: generated once and kept in DATA_DIR.",
  },
  ENCRYPTION_KEYS: {
    purpose: "Seals GitHub tokens in the database. Newest first; older ones stay to read what they sealed.",
    where:
      "id:base64-of-32-bytes, comma-separated, e.g. `k1:$(openssl rand -base64 32)`; unset: generated and kept.",
  },
  GITHUB_URL: {
    purpose: "The GitHub that people sign in with.",
    where: "https://github.com (default) or your tenant, https://NAME.ghe.com.",
  },
  GITHUB_CLIENT_ID: {
    purpose: "Identifies this server to GitHub at sign-in.",
    where: "GitHub → Settings → Developer settings → OAuth Apps (or GitHub Apps) → your app → Client ID.",
  },
  GITHUB_CLIENT_SECRET: {
    purpose: "Proves to GitHub that the sign-in comes from this server.",
    where: "The same page → Generate a new client secret.",
  },
  GITHUB_SCOPE: {
    purpose: "OAuth scopes asked at sign-in (OAuth Apps; a GitHub App ignores them).",
    where:
      "Default `read:user read:org`; read:org is needed for ALLOWED_ORGS, and always asked with GITHUB_ROLE_MAP.",
  },
  ALLOWED_LOGINS: {
    purpose: "GitHub logins that may sign in, comma-separated.",
    where: "Empty together with ALLOWED_ORGS and GITHUB_ROLE_MAP: everyone who can sign in with GitHub.",
  },
  ALLOWED_ORGS: {
    purpose: "GitHub organisations whose members may sign in, comma-separated.",
    where: "Organisation names as in their GitHub URL.",
  },
  ADMIN_LOGINS: {
    purpose: "GitHub logins of the administrators, comma-separated.",
    where: "Your own login first. With GITHUB_ROLE_MAP they may always sign in.",
  },
  GITHUB_ROLE_MAP: {
    purpose:
      "Who may sign in, and as what, by organisation and team on GitHub; read at sign-in and every hour, and who is in none any more is suspended.",
    where:
      "e.g. acme/platform=admin,acme/security=auditor,acme=user; the strongest role counts. A GitHub App needs the organisation permission Members: read. Empty: roles are given by administrators alone.",
  },
  ADMIN_TRANSCRIPTS: {
    purpose:
      "Whether administrators may read other people's conversations: not at all (closed), or with a written reason.",
    where:
      "Default closed. with-reason: each reading is in the audit log, and its reason in the conversation for its owner.",
  },
  TRUSTED_PROXIES: {
    purpose:
      "Reverse proxies of your own in front of the app, whose `X-Forwarded-For` tells who calls (audit log).",
    where: "Their number; default 0: the other end of the connection.",
  },
  CLI_URL: {
    purpose: "Headless Copilot CLI servers that the fleet begins with, comma-separated host:port.",
    where: "e.g. copilot-cli:4321; unset: Flightdeck starts and supervises its own.",
  },
  COPILOT_CONNECTION_TOKEN: {
    purpose: "The shared secret between Flightdeck and its CLI servers.",
    where: "The value the servers in CLI_URL were started with; unused while CLI_URL is unset.",
  },
  DEFAULT_MODEL: {
    purpose: "Model of a session that has not chosen one.",
    where: "A model id as in the model picker; empty: the first model GitHub offers.",
  },
  MAX_TURNS_PER_SERVER: {
    purpose: "Turns that one CLI server runs at once; more wait in the queue.",
    where: "Default 20, for a server on 2 cores; one that is overloaded makes everybody slower.",
  },
  MAX_TURNS_PER_PERSON: {
    purpose: "Turns that one person runs at once, over all sessions; more wait in the queue.",
    where: "Default 5.",
  },
  MAX_SESSIONS_PER_SERVER: {
    purpose:
      "Sessions that one CLI server keeps in memory; those idle for longest leave it until their next prompt.",
    where: "Default 200; each takes 2.5 to 3.5 MB of the server's memory.",
  },
  MAX_QUEUED_TURNS: {
    purpose: "Turns that wait, of everybody; further prompts are refused with 503 and Retry-After.",
    where: "Default 200.",
  },
  MAX_QUEUED_TURNS_PER_PERSON: {
    purpose: "Turns that wait, of one person; further prompts of this person are refused.",
    where: "Default 20.",
  },
  DRAIN_SECONDS: {
    purpose:
      "How long running turns may go on after SIGTERM; longer ones are taken up elsewhere or at the next start.",
    where:
      "Default 20. Give the process 15 seconds more before it is killed (stop_grace_period, TimeoutStopSec).",
  },
  CLEANUP_AT: {
    purpose: "When the clean-up deletes what its rules say, once a day; they are made on the page Clean-up.",
    where: "HH:MM, in UTC; default 03:30.",
  },
  FLIGHTDECK_ROLE: {
    purpose: "What this process does: serve requests (web), run turns (worker), or both.",
    where: "Default all; any number of processes of each role share one database and one set of CLI servers.",
  },
  FLIGHTDECK_DEMO: {
    purpose: "Allows the stand-in for GitHub on loopback; binds the app to loopback and shows a banner.",
    where: "1 is set by `npm run demo`; never set it on a real server.",
  },
};

const problem = (name: SettingName, text: string): SettingProblem => ({
  name,
  problem: text,
  ...SETTING_HELP[name],
});

// Each check needs only the settings it speaks of, so one that is malformed does not hide what is wrong with others.
function crossCheck(env: Partial<Env>): SettingProblem[] {
  const problems: SettingProblem[] = [];
  const github = env.GITHUB_URL === undefined ? null : new URL(env.GITHUB_URL);
  if (github && isLoopbackHost(github.hostname)) {
    if (!env.FLIGHTDECK_DEMO) {
      problems.push(problem("GITHUB_URL", "points to this machine, which only the demo may do"));
    }
  } else if (github && github.protocol !== "https:") {
    problems.push(problem("GITHUB_URL", "must start with https://"));
  }
  if (env.FLIGHTDECK_DEMO && env.HOSTNAME !== undefined && !isLoopbackHost(env.HOSTNAME)) {
    problems.push(problem("HOSTNAME", "must be 127.0.0.1 in the demo"));
  }
  if (env.CLI_URL !== undefined && env.CLI_URL.length > 0 && env.COPILOT_CONNECTION_TOKEN === "") {
    problems.push(
      problem(
        "COPILOT_CONNECTION_TOKEN",
        "is missing, but CLI_URL is set; without it anyone could use the servers",
      ),
    );
  }
  if (env.FLIGHTDECK_ROLE !== undefined && env.FLIGHTDECK_ROLE !== "all" && env.CLI_URL?.length === 0) {
    problems.push(
      problem("CLI_URL", "is missing; processes of different roles need servers that all of them reach"),
    );
  }
  return problems;
}

// The settings that are well-formed by themselves.
function readable(present: Record<string, string>): Partial<Env> {
  const entries = Object.entries(Settings.shape).flatMap(([name, schema]) => {
    const parsed = schema.safeParse(present[name]);
    return parsed.success ? [[name, parsed.data] as const] : [];
  });
  return Object.fromEntries(entries);
}

/** Reads every setting from `source`. Gives all problems at once, or the settings. An empty value counts as unset. */
export function parseEnv(
  source: Record<string, string | undefined>,
): { ok: true; env: Env } | { ok: false; problems: SettingProblem[] } {
  const present: Record<string, string> = {};
  for (const [name, value] of Object.entries(source)) {
    if (value !== undefined && value.trim() !== "") present[name] = value.trim();
  }
  const port = Settings.shape.PORT.safeParse(present.PORT).data;
  present.APP_URL ??= `http://localhost:${port ?? 3000}`;
  const parsed = Settings.safeParse(present);
  if (parsed.success) {
    const problems = crossCheck(parsed.data);
    return problems.length > 0 ? { ok: false, problems } : { ok: true, env: parsed.data };
  }
  const problems = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0]) as SettingName;
    return problem(name, name in present ? issue.message : "is missing");
  });
  return { ok: false, problems: [...problems, ...crossCheck(readable(present))] };
}

/** The problems as one text for the terminal. */
export function describeProblems(problems: SettingProblem[]): string {
  const rows = problems.map(
    ({ name, problem: text, purpose, where }) =>
      `  ${name} ${text}\n    For:   ${purpose}\n    Where: ${where}`,
  );
  return `Flightdeck cannot start: ${problems.length === 1 ? "one setting needs" : `${problems.length} settings need`} attention.\n\n${rows.join("\n\n")}\n\nPut them into .env (see .env.example) or the environment, then start again.`;
}

/** The environment of this process; the only place that reads `process.env` in the server. */
export const processEnv = (): Record<string, string | undefined> => process.env;
