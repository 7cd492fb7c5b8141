import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Clock } from "@/server/platform/clock";
import type { Log } from "@/server/platform/log";
import { Secret } from "@/server/platform/secret";
import { cliBinary } from "./cli-binary";
import { START_TIMEOUT_MS, STOP_GRACE_MS } from "./tunables";

export type CliOptions = {
  /** Tells servers that share a `dataDir`, and with it one home, apart. */
  name?: string;
  /** Folder for the CLI's home, its unpacked files, and its working directory. */
  dataDir: string;
  /** The token that clients show; unset: a random one. */
  token?: string;
  /** The GitHub that its sessions talk to. */
  githubUrl: string;
  /** True where `githubUrl` is the stand-in on loopback, which also plays GitHub's API for the CLI. */
  demo: boolean;
  /** The environment to take paths and locale settings from. */
  env: Record<string, string | undefined>;
  /** The proxy through which it makes every call; unset: none. */
  proxyUrl?: string;
  /** Its own identity at GitHub; unset: none, so that a session without an identity of its own can ask nothing. */
  serviceToken?: Secret;
  log: Log;
  clock: Clock;
};

export type RunningCli = {
  address: string;
  token: Secret;
  pid: number;
  /** Resolves when the process has ended, for whatever reason. */
  exited: Promise<void>;
  stop(): Promise<void>;
  /** SIGKILL, for one that does not listen. */
  kill(): void;
};

// Nothing else is inherited: an ambient GH_TOKEN or COPILOT_GITHUB_TOKEN would become an identity that sessions
// could fall back to, and a proxy or its exceptions a way past the one that it is given.
const INHERITED = ["PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "TZ", "NODE_EXTRA_CA_CERTS"];

// No NO_PROXY beside them: nothing goes past the proxy.
const PROXIES = ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"];

/** Where the CLI is told to find its own identity. */
const IDENTITY = "COPILOT_GITHUB_TOKEN";

const ownEnvironment = ({ dataDir, env }: Pick<CliOptions, "dataDir" | "env">) => ({
  ...Object.fromEntries(INHERITED.map((name) => [name, env[name]])),
  NODE_ENV: "production" as const,
  COPILOT_HOME: path.join(dataDir, "home"),
  COPILOT_CACHE_HOME: path.join(dataDir, "cache"),
  COPILOT_AUTO_UPDATE: "false",
});

/** Lets the CLI unpack itself, which takes its first start some seconds. Resolves when it has, or could not: then the
 *  start tells why. */
export async function unpackCli(options: Pick<CliOptions, "dataDir" | "env">): Promise<void> {
  const child = spawn(cliBinary(), ["--version"], { env: ownEnvironment(options), stdio: "ignore" });
  await new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
}

function environment(options: CliOptions, token: string): NodeJS.ProcessEnv {
  const github = new URL(options.githubUrl);
  return {
    ...ownEnvironment(options),
    COPILOT_CONNECTION_TOKEN: token,
    COPILOT_DISABLE_KEYTAR: "1",
    ...Object.fromEntries(PROXIES.map((name) => [name, options.proxyUrl])),
    ...(options.serviceToken && { [IDENTITY]: options.serviceToken.use((value) => value) }),
    ...(options.demo
      ? { COPILOT_DEBUG_GITHUB_API_URL: options.githubUrl }
      : github.hostname !== "github.com" && { COPILOT_GH_HOST: github.hostname }),
  };
}

// Without `--no-auto-login` it would also take what the machine's own `gh` or keyring has.
const argumentsOf = ({ serviceToken }: CliOptions): string[] => [
  ...["--headless", "--no-auto-login"],
  ...(serviceToken ? ["--auth-token-env", IDENTITY] : []),
];

type PidFile = { pid: number; parentPid: number };

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Ends a server that an earlier app process left behind when it was killed. Only a process that is provably
 *  ours (same home folder in its environment, its app gone) is touched. */
async function reapOrphan(options: CliOptions, pidFile: string): Promise<void> {
  const known = await readFile(pidFile, "utf8")
    .then((text) => JSON.parse(text) as PidFile)
    // None, or one that was cut off when the machine went down: then no process of ours is left either.
    .catch(() => null);
  if (!known) return;
  const { pid, parentPid } = known;
  const parentLives = parentPid !== process.pid && isAlive(parentPid);
  const environ = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
  const ours = environ.split("\0").includes(`COPILOT_HOME=${path.join(options.dataDir, "home")}`);
  if (parentLives || !ours) return;
  options.log.warn({ pid }, "ending a CLI server that an earlier run left behind");
  process.kill(pid, "SIGKILL");
  await rm(pidFile, { force: true });
}

async function readyAddress(child: ChildProcess, options: CliOptions, signal: AbortSignal): Promise<string> {
  const { stdout, stderr } = child;
  if (!stdout || !stderr) throw new Error("The CLI server was started without pipes.");
  const lastWords: string[] = [];
  const giveUp = new AbortController();
  const timeout = options.clock.sleep(START_TIMEOUT_MS, giveUp.signal).then(() => {
    throw new Error(
      `The CLI server did not start within ${START_TIMEOUT_MS / 1000} s: ${lastWords.join(" | ")}`,
    );
  });
  const ended = new Promise<never>((_, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) =>
      reject(new Error(`The CLI server ended at start (${signal ?? code}): ${lastWords.join(" | ")}`)),
    );
  });
  const unwanted = new Promise<never>((_, reject) => {
    const fail = () => reject(new Error("The CLI server was stopped while it was starting."));
    if (signal.aborted) return fail();
    signal.addEventListener("abort", fail, { signal: giveUp.signal });
  });
  const listening = new Promise<string>((resolve) => {
    for (const stream of [stdout, stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        if (lastWords.push(line) > 10) lastWords.shift();
        const port = /listening on port (\d+)/.exec(line)?.[1];
        if (port) resolve(`127.0.0.1:${port}`);
      });
    }
  });
  try {
    return await Promise.race([listening, ended, timeout, unwanted]);
  } finally {
    giveUp.abort();
    timeout.catch(() => {});
    ended.catch(() => {});
    unwanted.catch(() => {});
  }
}

/** Starts one headless CLI server on a random loopback port, and resolves when it listens. Rejects with its last lines
 *  of output where it does not, and when `signal` aborts before it does; then no process is left. */
export async function startCli(options: CliOptions, signal: AbortSignal): Promise<RunningCli> {
  const pidFile = path.join(options.dataDir, `${options.name ?? "server"}.json`);
  const workDir = path.join(options.dataDir, "work");
  await mkdir(workDir, { recursive: true });
  await reapOrphan(options, pidFile);
  const token = options.token ?? randomBytes(32).toString("base64url");
  const child = spawn(cliBinary(), argumentsOf(options), {
    cwd: workDir,
    env: environment(options, token),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_GRACE_MS);
    await exited;
    clearTimeout(timer);
    await rm(pidFile, { force: true });
  };
  try {
    const pid = child.pid;
    if (pid !== undefined) {
      await writeFile(pidFile, JSON.stringify({ pid, parentPid: process.pid } satisfies PidFile));
    }
    const address = await readyAddress(child, options, signal);
    return {
      address,
      token: new Secret(token),
      pid: pid ?? 0,
      exited,
      stop,
      kill: () => void child.kill("SIGKILL"),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
