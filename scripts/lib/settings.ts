import { existsSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { describeProblems, type Env, parseEnv } from "@/server/platform/env";
import { withKeptSecrets } from "@/server/platform/kept-secrets";
import { isFree, whoListens } from "./ports";

export type Loaded = {
  /** Everything the app gets as its environment; DATABASE_URL is absent where the embedded Postgres is to be used. */
  env: Record<string, string | undefined>;
  settings: Env;
  dataDir: string;
};

/** Stands for the database while settings are checked, before the embedded one has an address. */
const EMBEDDED_URL = "postgresql://embedded";

/** Reads `.env`, the environment (which wins) and the secrets kept in DATA_DIR. Where a setting is missing or
 *  malformed it prints all problems and exits with 1. */
export async function loadSettings(defaults: Record<string, string>): Promise<Loaded> {
  // Containers and some shells export the machine's name under the name of our setting.
  if (process.env.HOSTNAME === hostname()) delete process.env.HOSTNAME;
  if (existsSync(".env")) process.loadEnvFile(".env");
  const own = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value?.trim()));
  const given: Record<string, string | undefined> = { ...defaults, ...own };
  const dataDir = path.resolve(given.DATA_DIR ?? ".data");
  const env = await withKeptSecrets(given, dataDir);
  const parsed = parseEnv({ ...env, DATABASE_URL: env.DATABASE_URL ?? EMBEDDED_URL });
  if (!parsed.ok) {
    console.error(describeProblems(parsed.problems));
    process.exit(1);
  }
  const settings = parsed.env;
  return {
    settings,
    dataDir,
    env: {
      ...env,
      PORT: String(settings.PORT),
      HOSTNAME: settings.HOSTNAME,
      APP_URL: settings.APP_URL,
      NEXTAUTH_URL: settings.APP_URL,
      DATA_DIR: dataDir,
    },
  };
}

/** Exits with 1 and names the program that listens on the port already. */
export async function requireFreePort({ PORT, HOSTNAME }: Env): Promise<void> {
  if (await isFree(PORT, HOSTNAME)) return;
  console.error(
    `Flightdeck cannot start: port ${PORT} is taken by ${whoListens(PORT)}.\nEnd that program, or set PORT to another port (and APP_URL and the callback URL at GitHub with it).`,
  );
  process.exit(1);
}
