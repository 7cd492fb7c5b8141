import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pino from "pino";
import { type GithubSimulator, startGithubSimulator } from "@/e2e/simulators/github-simulator";
import { type RunningCli, startCli } from "@/server/copilot/cli-process";
import { createPool } from "@/server/copilot/pool";
import type { CopilotPool } from "@/server/copilot/types";
import { systemClock } from "@/server/platform/clock";
import { Secret } from "@/server/platform/secret";
import { createTasks } from "@/server/platform/tasks";

/** What a process of the app needs of the fleet, and where its people's tokens come from. */
export type CopilotForTests = { github: GithubSimulator; pool: CopilotPool };

export type TestCopilot = CopilotForTests & {
  /** Resolves when the CLI server answers. */
  ready(): Promise<void>;
  /** SIGKILLs a CLI server, by its id in the fleet; it is started again. */
  kill(id?: string): Promise<void>;
  /** Makes a CLI server hang (SIGSTOP), by its id in the fleet; answers its pid. */
  stop(id: string): Promise<number>;
  /** Where the servers keep what they keep: home, cache, logs. */
  dataDir: string;
  /** Removes a session from the disk that the servers share. */
  forget(sessionId: string): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

const TASK_GRACE_MS = 10_000;

type CliChoices = {
  /** The proxy through which the servers make every call. */
  proxyUrl?(github: GithubSimulator): Promise<string>;
  /** Whose token they have of their own. */
  ownIdentity?: string;
};

/** The GitHub stand-in and a real headless CLI server of this test's own, which talks to it. */
export async function startTestCopilot({ proxyUrl, ownIdentity }: CliChoices = {}): Promise<TestCopilot> {
  const github = await startGithubSimulator();
  const dataDir = await mkdtemp(path.join(tmpdir(), "flightdeck-cli-"));
  const log = pino({ level: process.env.TEST_LOG_LEVEL ?? "silent" });
  const tasks = createTasks(log);
  const pool = createPool({
    addresses: [],
    connectionToken: new Secret(""),
    dataDir,
    githubUrl: github.url,
    demo: true,
    env: process.env,
    ...(proxyUrl && { proxyUrl: await proxyUrl(github) }),
    ...(ownIdentity !== undefined && { serviceToken: new Secret(github.issueToken(ownIdentity)) }),
    log,
    clock: systemClock,
    tasks,
  });
  // One that was killed often is quarantined, and answers all the same.
  const isReady = () => pool.servers.every((server) => ["ready", "quarantined"].includes(server.state()));
  const ready = () =>
    new Promise<void>((resolve) => {
      if (isReady()) return resolve();
      const unsubscribe = pool.onChange(() => {
        if (!isReady()) return;
        unsubscribe();
        resolve();
      });
    });
  await ready();
  async function serverPid(id: string): Promise<number> {
    const file = path.join(dataDir, id === "spare" ? "spare.json" : "server.json");
    const { pid } = JSON.parse(await readFile(file, "utf8")) as { pid: number };
    return pid;
  }
  return {
    github,
    pool,
    dataDir,
    ready,
    kill: async (id = "local") => void process.kill(await serverPid(id), "SIGKILL"),
    async stop(id) {
      const pid = await serverPid(id);
      process.kill(pid, "SIGSTOP");
      return pid;
    },
    forget: (sessionId) => rm(path.join(dataDir, "home", "session-state", sessionId), { recursive: true }),
    [Symbol.asyncDispose]: async () => {
      const left = await tasks.stop(TASK_GRACE_MS);
      await github.close();
      await rm(dataDir, { recursive: true, force: true });
      if (left.length > 0) throw new Error(`tasks did not end: ${left.join(", ")}`);
    },
  };
}

/** The GitHub stand-in, and real CLI servers outside of the app with one home, to which any number of processes connect. */
export async function startExternalCopilot(servers = 1) {
  const github = await startGithubSimulator();
  const dataDir = await mkdtemp(path.join(tmpdir(), "flightdeck-cli-"));
  const log = pino({ level: process.env.TEST_LOG_LEVEL ?? "silent" });
  const tasks = createTasks(log);
  const common = { dataDir, githubUrl: github.url, demo: true, env: process.env, log, clock: systemClock };
  const token = randomUUID();
  const clis: RunningCli[] = [];
  for (let n = 0; n < servers; n += 1) {
    clis.push(await startCli({ ...common, token, name: `server-${n}` }, new AbortController().signal));
  }
  const all = clis.map(({ address }) => address);
  return {
    github,
    addresses: all,
    token,
    /** The fleet as one more process sees it, with connections of its own: to all servers, or to those at `addresses`, with
     *  this token. */
    connect: (addresses = all, connectionToken = token): CopilotForTests => ({
      github,
      pool: createPool({ ...{ ...common, tasks, addresses }, connectionToken: new Secret(connectionToken) }),
    }),
    [Symbol.asyncDispose]: async () => {
      await tasks.stop(TASK_GRACE_MS);
      for (const cli of clis) await cli.stop();
      await github.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
