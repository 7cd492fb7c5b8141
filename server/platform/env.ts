import { z } from "zod";
import { isHostPort } from "@/lib/contracts/fleet";
import { parseOpenedTargets } from "./egress-ranges";
import { parseEncryptionKeys } from "./encryption-keys";
import { parseRoleMap } from "./role-map";
import { SETTING_HELP } from "./settings-help";

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

const isOrigin = (text: string) =>
  /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;

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
  CORS_ORIGINS: List.refine((items) => items.every(isOrigin), {
    message: "is not a comma-separated list of origins such as https://tools.example.com",
  }),
  TRUSTED_PROXIES: z.coerce.number("is not a number").int("is not a whole number").min(0).max(10).default(0),
  CLI_URL: List.refine((items) => items.every(isHostPort), {
    message: "is not a comma-separated list of host:port",
  }),
  COPILOT_CONNECTION_TOKEN: z.string().default(""),
  COPILOT_IDENTITY: z.enum(["user", "service"], "must be user or service").default("user"),
  COPILOT_GITHUB_TOKEN: z.string().default(""),
  ALLOWED_EGRESS: z
    .string()
    .default("")
    .transform((text, context) => {
      const parsed = parseOpenedTargets(text);
      if (parsed.ok) return parsed.opened;
      context.addIssue({ code: "custom", message: parsed.problem });
      return z.NEVER;
    }),
  HTTPS_PROXY: HttpUrl.optional(),
  DEFAULT_MODEL: z.string().default(""),
  MAX_TURNS_PER_SERVER: Count.default(20),
  MAX_TURNS_PER_PERSON: Count.default(5),
  MAX_SESSIONS_PER_SERVER: Count.default(200),
  MAX_QUEUED_TURNS: Count.default(200),
  MAX_QUEUED_TURNS_PER_PERSON: Count.default(20),
  MAX_TURNS_PER_TOKEN: Count.default(20),
  MAX_REQUESTS_PER_PERSON: Count.default(6_000),
  MAX_REQUESTS_PER_TOKEN: Count.default(3_000),
  MAX_STREAMS_PER_PERSON: Count.default(200),
  MAX_STREAMS_PER_TOKEN: Count.default(100),
  MAX_STORED_SESSIONS_PER_PERSON: Count.default(20_000),
  MAX_STORED_SESSIONS_PER_TOKEN: Count.default(10_000),
  MAX_JOBS_PER_PROCESS: Count.default(50),
  MAX_JOBS_PER_PERSON: Count.default(3),
  MAX_QUEUED_JOBS_PER_PERSON: Count.default(10_000),
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
  if (env.COPILOT_IDENTITY === "service" && env.CLI_URL?.length === 0 && env.COPILOT_GITHUB_TOKEN === "") {
    problems.push(
      problem("COPILOT_GITHUB_TOKEN", "is missing, but COPILOT_IDENTITY is service and CLI_URL is unset"),
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
