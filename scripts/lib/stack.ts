import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { startEmbeddedPostgres } from "@/server/db/embedded";
import { withKeptSecrets } from "@/server/platform/kept-secrets";
import { answersOk, startChild, waitUntil } from "./child";
import { freePort } from "./ports";
import { endLeftovers, openProcessBook, type ProcessBook } from "./process-book";
import { type Running, type Service, startService } from "./service";
import { startSimulators } from "./simulators";

type Step = <Result>(label: string, work: () => Promise<Result>) => Promise<Result>;

export type StackOptions = {
  /** Everything the run leaves behind: database, CLI home, logs, pid files. */
  dataDir: string;
  /** Port of the app; unset: any free one. */
  port?: number;
  /** A Postgres that runs already; unset: an embedded one. */
  databaseUrl?: string;
  /** Settings of the app on top of the demo's own. */
  env?: Record<string, string>;
  /** Is waited for before the app is started. */
  beforeApp?: () => Promise<unknown>;
  /** Told about each part, to show it. */
  step?: Step;
  /** Gives up starting: what runs by then is stopped, and the start rejects. */
  signal?: AbortSignal;
};

export type Stack = {
  appUrl: string;
  githubUrl: string;
  modelUrl: string;
  databaseUrl: string;
  /** Absent where `databaseUrl` was given. */
  postgres?: Service;
  simulators: Service;
  app: Service;
  logDir: string;
  /** Pid of the CLI server that the app supervises; undefined while none runs. */
  cliPid(): Promise<number | undefined>;
  /** Stops every part, the app first. May be called twice, and before the start is complete. */
  stop(): Promise<void>;
};

/** The app answers within this time after its start, the unpacking of the CLI on a slow machine included. */
const APP_READY_MS = 90_000;
/** The app ends within this time after SIGTERM and its DRAIN_SECONDS. */
const APP_STOP_MS = 15_000;
const DRAIN_SECONDS = 20;

// No proxies: everything is on this machine.
const SYSTEM = ["PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "TZ", "SYSTEMROOT"];

/** What the app and the stand-ins get of our own environment: no setting of a real server slips into a demo. */
export const systemEnv = (): Record<string, string | undefined> =>
  Object.fromEntries(SYSTEM.map((name) => [name, process.env[name]]));

export type AppOptions = {
  /** Tells several of them apart in the book and by their logs. */
  name?: string;
  env: Record<string, string | undefined>;
  logDir?: string;
  book?: ProcessBook;
  /** Answers 200 when the start is complete. */
  readyUrl: string;
  /** Arguments for Node; unset: the built server. */
  args?: string[];
};

/** Starts the app and waits until `readyUrl` answers. */
export async function launchApp({ name = "app", readyUrl, args, ...options }: AppOptions): Promise<Running> {
  const server = path.join(process.cwd(), ".next", "standalone", "server.js");
  const child = startChild({ ...options, name, command: process.execPath, args: args ?? [server] });
  const stopMs = APP_STOP_MS + 1_000 * Number(options.env.DRAIN_SECONDS ?? DRAIN_SECONDS);
  try {
    await waitUntil(child, answersOk(readyUrl), APP_READY_MS);
  } catch (error) {
    await child.stop(stopMs);
    throw error;
  }
  return { pid: child.pid, exited: child.exited, stop: () => child.stop(stopMs) };
}

/** Starts the embedded Postgres on `port`, recorded in `book`. */
export async function launchPostgres(
  dataDir: string,
  port: number,
  book: ProcessBook,
): Promise<Running & { url: string }> {
  const postgres = await startEmbeddedPostgres({ dataDir, port });
  book.record("postgres", postgres.pid);
  const exited = postgres.exited.then(() => {
    book.forget("postgres");
    return "ended";
  });
  return { pid: postgres.pid, exited, url: postgres.url, stop: () => postgres.stop() };
}

/** Starts everything that Flightdeck needs to be tried or tested on this machine alone: Postgres, the stand-ins for
 *  GitHub and a model endpoint, and the built app, which starts a real headless CLI server. Leftovers of an earlier
 *  run on the same `dataDir` are ended first. Resolves when the app is ready; stops what it started where a part fails. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const step: Step = (label, work) => {
    options.signal?.throwIfAborted();
    return options.step ? options.step(label, work) : work();
  };
  const dataDir = path.resolve(options.dataDir);
  const logDir = path.join(dataDir, "logs");
  const bookDir = path.join(dataDir, "processes");
  await mkdir(dataDir, { recursive: true });
  await endLeftovers(bookDir);
  const book = openProcessBook(bookDir);
  const parts: Service[] = [];
  // Whatever is being started ends at once, and with it the wait for it.
  options.signal?.addEventListener("abort", () => void endLeftovers(bookDir), { once: true });
  const stop = async () => {
    for (const part of parts.splice(0).reverse()) await part.stop();
    book.close();
  };
  try {
    let databaseUrl = options.databaseUrl;
    let postgres: Service | undefined;
    if (databaseUrl === undefined) {
      const port = await freePort();
      postgres = await step("Postgres", () =>
        startService("postgres", async () => {
          const running = await launchPostgres(path.join(dataDir, "postgres"), port, book);
          databaseUrl = running.url;
          return running;
        }),
      );
      parts.push(postgres);
    }
    const { service: simulators, ...urls } = await step("Stand-ins for GitHub and a model endpoint", () =>
      startSimulators({ env: systemEnv(), logDir, book }),
    );
    parts.push(simulators);

    const port = options.port ?? (await freePort());
    const appUrl = `http://localhost:${port}`;
    const appDir = path.join(dataDir, "app");
    const env = await withKeptSecrets(
      {
        ...systemEnv(),
        NODE_ENV: "production",
        FLIGHTDECK_DEMO: "1",
        // Whoever stops it does not want to wait for an answer.
        DRAIN_SECONDS: "0",
        PORT: String(port),
        HOSTNAME: "127.0.0.1",
        APP_URL: appUrl,
        NEXTAUTH_URL: appUrl,
        DATA_DIR: appDir,
        DATABASE_URL: databaseUrl,
        GITHUB_URL: urls.githubUrl,
        GITHUB_CLIENT_ID: "flightdeck-demo",
        GITHUB_CLIENT_SECRET: "flightdeck-demo-secret",
        ADMIN_LOGINS: "mona",
        // People can bring the stand-in for a model endpoint as one of their own.
        ALLOWED_EGRESS: new URL(urls.modelUrl).host,
        ...options.env,
      },
      appDir,
    );
    await options.beforeApp?.();
    const app = await step("Flightdeck and its Copilot CLI server", () =>
      startService("app", () =>
        launchApp({ env, logDir, book, readyUrl: `http://127.0.0.1:${port}/api/ready` }),
      ),
    );
    parts.push(app);
    return {
      ...{ appUrl, ...urls, databaseUrl: databaseUrl ?? "", postgres, simulators, app, logDir, stop },
      cliPid: () => cliPid(appDir),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function cliPid(appDir: string): Promise<number | undefined> {
  const text = await readFile(path.join(appDir, "cli", "server.json"), "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as { pid: number }).pid;
}
