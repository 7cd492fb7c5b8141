import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import pino from "pino";
import { freePort } from "@/scripts/lib/ports";
import type { ProcessBook } from "@/scripts/lib/process-book";
import { type Service, startService } from "@/scripts/lib/service";
import { launchApp, launchPostgres, systemEnv } from "@/scripts/lib/stack";
import { startCli } from "@/server/copilot/cli-process";
import { systemClock } from "@/server/platform/clock";
import { withKeptSecrets } from "@/server/platform/kept-secrets";
import { identify, isSameProcess } from "@/server/platform/process-identity";
import type { FaultProxy } from "./fault-proxy";

type DatabasePlan = { dataDir: string; book: ProcessBook; link: FaultProxy };

/** Starts a real Postgres; `url` leads through the proxy. After a SIGKILL it starts again only when no process of the
 *  killed one is left, which Postgres itself asks for. */
export async function startDatabase({
  dataDir,
  book,
  link,
}: DatabasePlan): Promise<{ service: Service; url: string }> {
  const port = await freePort();
  let directUrl = "";
  const service = await startService("postgres", async () => {
    const running = await launchPostgres(dataDir, port, book);
    directUrl = running.url;
    await link.aim(port);
    return running;
  });
  const kill: Service["kill"] = async (signal) => {
    const family = await processesOf(directUrl);
    await service.kill(signal);
    while (family.some(isSameProcess)) await sleep(10);
  };
  return { service: { ...service, kill }, url: directUrl.replace(`:${port}/`, `:${link.port}/`) };
}

async function processesOf(url: string) {
  const client = new Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  const { rows } = await client.query<{ pid: number }>("SELECT pid FROM pg_stat_activity");
  await client.end();
  return rows.flatMap(({ pid }) => identify(pid) ?? []);
}

type CliPlan = {
  index: number;
  dataDir: string;
  githubUrl: string;
  token: string;
  book: ProcessBook;
  link: FaultProxy;
  signal: AbortSignal;
};

/** Starts one headless CLI server; all of a run share one home. */
export function startCliServer({ index, dataDir, book, link, signal, ...plan }: CliPlan): Promise<Service> {
  const name = `cli-${index}`;
  return startService(name, async () => {
    const cli = await startCli(
      {
        ...plan,
        name,
        dataDir: path.join(dataDir, "cli"),
        demo: true,
        env: process.env,
        log: pino({ level: "silent" }),
        clock: systemClock,
      },
      signal,
    );
    book.record(name, cli.pid);
    await link.aim(Number(cli.address.split(":").at(-1)));
    const exited = cli.exited.then(() => {
      book.forget(name);
      return "ended";
    });
    return { pid: cli.pid, exited, stop: cli.stop };
  });
}

export type AppPlan = {
  dataDir: string;
  logDir: string;
  book: ProcessBook;
  databaseUrl: string;
  githubUrl: string;
  cliUrl: string;
  token: string;
  /** Port of the address that all processes of the app have in common. */
  publicPort: number;
};

/** Starts process `index` of the built app. */
export async function startApp(plan: AppPlan, index: number, link: FaultProxy): Promise<Service> {
  const port = await freePort();
  const name = `app-${index}`;
  const appUrl = `http://localhost:${plan.publicPort}`;
  const env = await withKeptSecrets(
    {
      ...systemEnv(),
      NODE_ENV: "production",
      FLIGHTDECK_DEMO: "1",
      PORT: String(port),
      HOSTNAME: "127.0.0.1",
      APP_URL: appUrl,
      NEXTAUTH_URL: appUrl,
      DATA_DIR: path.join(plan.dataDir, name),
      DATABASE_URL: plan.databaseUrl,
      GITHUB_URL: plan.githubUrl,
      GITHUB_CLIENT_ID: "flightdeck-demo",
      GITHUB_CLIENT_SECRET: "flightdeck-demo-secret",
      CLI_URL: plan.cliUrl,
      COPILOT_CONNECTION_TOKEN: plan.token,
      // Few people send for many.
      MAX_TURNS_PER_PERSON: "100",
      MAX_TURNS_PER_SERVER: "100",
      MAX_QUEUED_TURNS_PER_PERSON: "100",
      MAX_REQUESTS_PER_PERSON: "100000",
      MAX_STREAMS_PER_PERSON: "10000",
      MAX_JOBS_PER_PERSON: "10",
      // What is asked to end at the end of a run has nothing left to finish.
      DRAIN_SECONDS: "0",
    },
    // One folder for all: they sign and seal with the same keys.
    plan.dataDir,
  );
  return startService(name, async () => {
    await link.aim(port);
    return launchApp({
      ...{ name, env, logDir: plan.logDir, book: plan.book },
      readyUrl: `http://127.0.0.1:${port}/api/ready`,
    });
  });
}
