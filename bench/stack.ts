import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pino from "pino";
import { openProcessBook } from "@/scripts/lib/process-book";
import { startSimulators } from "@/scripts/lib/simulators";
import { startStack, systemEnv } from "@/scripts/lib/stack";
import { type RunningCli, startCli } from "@/server/copilot/cli-process";
import { systemClock } from "@/server/platform/clock";
import { createProbe, type Probe } from "./probe";

/** What the measurements run on: one CLI server and one stand-in model for all arms, and the built app. */
export type BenchStack = {
  appUrl: string;
  databaseUrl: string;
  cli: RunningCli;
  /** A GitHub token of `login` from the stand-in, for clients that talk to the CLI server directly. */
  issueToken(login: string): Promise<string>;
  appPid(): number;
  postgresPid(): number;
  simulatorsPid: number;
  probe: Probe;
  stop(): Promise<void>;
};

/** Starts everything on fresh data and free ports. The CLI server is the bench's own, because every arm has to know
 *  its address and token; the app gets it as it would get any external one. Gives up when
 *  `signal` aborts. */
export async function startBenchStack(signal: AbortSignal): Promise<BenchStack> {
  const dataDir = await mkdtemp(path.join(tmpdir(), "flightdeck-bench-"));
  // As root, Postgres runs as another user that has to get in here.
  await chmod(dataDir, 0o711);
  const book = openProcessBook(path.join(dataDir, "bench-processes"));
  const parts: { stop(): Promise<void> }[] = [];
  const stop = async () => {
    for (const part of parts.splice(0).reverse()) await part.stop();
    book.close();
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    const { service: simulators, githubUrl } = await startSimulators({
      env: systemEnv(),
      logDir: path.join(dataDir, "logs"),
      book,
    });
    parts.push(simulators);
    const cli = await startCli(
      {
        dataDir: path.join(dataDir, "cli"),
        githubUrl,
        demo: true,
        env: process.env,
        log: pino({ level: "silent" }),
        clock: systemClock,
      },
      signal,
    );
    parts.push(cli);
    book.record("cli", cli.pid);
    const probeSocket = path.join(dataDir, "probe.sock");
    const stack = await startStack({
      dataDir: path.join(dataDir, "stack"),
      signal,
      env: {
        GITHUB_URL: githubUrl,
        CLI_URL: cli.address,
        COPILOT_CONNECTION_TOKEN: cli.token.use((value) => value),
        NODE_OPTIONS: `--import ${path.resolve("bench", "app-probe.mjs")}`,
        // What is compared with has no limits.
        MAX_TURNS_PER_SERVER: "1000",
        MAX_TURNS_PER_PERSON: "1000",
        MAX_TURNS_PER_TOKEN: "1000",
        MAX_REQUESTS_PER_PERSON: "100000",
        MAX_REQUESTS_PER_TOKEN: "100000",
        MAX_STREAMS_PER_PERSON: "100000",
        MAX_STREAMS_PER_TOKEN: "100000",
        MAX_STORED_SESSIONS_PER_PERSON: "100000",
        MAX_STORED_SESSIONS_PER_TOKEN: "100000",
        FLIGHTDECK_BENCH_PROBE: probeSocket,
      },
    });
    parts.push(stack);
    // The stack brings stand-ins of its own; all arms use those above.
    await stack.simulators.stop();
    return {
      appUrl: stack.appUrl,
      databaseUrl: stack.databaseUrl,
      cli,
      async issueToken(login) {
        const response = await fetch(`${githubUrl}/_control`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ issueToken: login }),
        });
        return ((await response.json()) as { token: string }).token;
      },
      appPid: stack.app.pid,
      postgresPid: () => stack.postgres?.pid() ?? 0,
      simulatorsPid: simulators.pid(),
      probe: createProbe(probeSocket),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
