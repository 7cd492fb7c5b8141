import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { openProcessBook, type ProcessBook } from "@/scripts/lib/process-book";
import type { Service } from "@/scripts/lib/service";
import { startSimulators } from "@/scripts/lib/simulators";
import { systemEnv } from "@/scripts/lib/stack";
import { type FaultProxy, startFaultProxy } from "./fault-proxy";
import { type AppPlan, startApp, startCliServer, startDatabase } from "./parts";

/** A part behind a proxy of its own: it can die and come back on another port without its users' noticing a new
 *  address. */
export type Part = { name: string; service: Service; link: FaultProxy };

/** Everything that a run needs, all of it on this machine. */
export type ChaosStack = {
  /** The address that the app knows as its own; requests reach it through the apps' proxies. */
  appUrl: string;
  apps: Part[];
  clis: Part[];
  postgres: Part;
  githubUrl: string;
  /** Logs and data of every part. */
  dataDir: string;
  /** Resolves when every app that runs is connected to every CLI server that runs. */
  connected(): Promise<void>;
  /** Ends everything; `dataDir` goes too, where it is not to be kept. */
  stop(keepData: boolean): Promise<void>;
};

export type ChaosOptions = { apps: number; clis: number; signal: AbortSignal };

/** Behind a proxy a dead part would still accept connections. */
function refusing(service: Service, link: FaultProxy): Service {
  return {
    ...service,
    kill(signal) {
      link.refuse();
      return service.kill(signal);
    },
    stop() {
      link.refuse();
      return service.stop();
    },
  };
}

/** Starts everything on fresh data and free ports: Postgres, the stand-ins, `clis` CLI servers with one home, and
 *  `apps` processes of the built app. Gives up when `signal` aborts. */
export async function startChaosStack({ apps, clis, signal }: ChaosOptions): Promise<ChaosStack> {
  const dataDir = await mkdtemp(path.join(tmpdir(), "flightdeck-chaos-"));
  // As root, Postgres runs as another user that has to get in here.
  await chmod(dataDir, 0o711);
  const book: ProcessBook = openProcessBook(path.join(dataDir, "processes"));
  const logDir = path.join(dataDir, "logs");
  const stops: (() => Promise<void>)[] = [];
  const stop = async (keepData: boolean) => {
    for (const each of stops.splice(0).reverse()) await each();
    book.close();
    if (!keepData) await rm(dataDir, { recursive: true, force: true });
  };
  async function behindProxy(start: (link: FaultProxy) => Promise<Service>): Promise<Part> {
    signal.throwIfAborted();
    const link = await startFaultProxy();
    stops.push(() => link.close());
    const service = refusing(await start(link), link);
    stops.push(() => service.stop());
    return { name: service.name, service, link };
  }
  try {
    const { service: simulators, githubUrl } = await startSimulators({ env: systemEnv(), logDir, book });
    stops.push(() => simulators.stop());
    let databaseUrl = "";
    const postgres = await behindProxy(async (link) => {
      const started = await startDatabase({ dataDir: path.join(dataDir, "postgres"), book, link });
      databaseUrl = started.url;
      return started.service;
    });
    const token = randomBytes(32).toString("base64url");
    const cliParts: Part[] = [];
    for (let index = 0; index < clis; index++) {
      cliParts.push(
        await behindProxy((link) => startCliServer({ index, dataDir, githubUrl, token, book, link, signal })),
      );
    }
    const plan: AppPlan = {
      ...{ dataDir, logDir, book, databaseUrl, githubUrl, token },
      cliUrl: cliParts.map(({ link }) => `127.0.0.1:${link.port}`).join(","),
      publicPort: 0,
    };
    const appParts: Part[] = [];
    for (let index = 0; index < apps; index++) {
      appParts.push(
        await behindProxy((link) => {
          plan.publicPort ||= link.port;
          return startApp(plan, index, link);
        }),
      );
    }
    const living = (parts: Part[]) => parts.filter(({ service }) => service.isRunning());
    return {
      appUrl: `http://localhost:${plan.publicPort}`,
      ...{ apps: appParts, clis: cliParts, postgres, githubUrl, dataDir, stop },
      async connected() {
        const wanted = () => living(appParts).length;
        while (!living(cliParts).every(({ link }) => link.links().length >= wanted())) {
          signal.throwIfAborted();
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
      },
    };
  } catch (error) {
    await stop(false);
    throw error;
  }
}
