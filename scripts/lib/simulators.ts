import path from "node:path";
import { startChild, waitUntil } from "./child";
import { freePort } from "./ports";
import type { ProcessBook } from "./process-book";
import { type Running, type Service, startService } from "./service";

type SimulatorOptions = {
  env: Record<string, string | undefined>;
  logDir: string;
  book: ProcessBook;
  /** Unset: any free port. */
  githubPort?: number;
};

const READY_MS = 30_000;
const STOP_MS = 5_000;

async function launch(options: SimulatorOptions, ports: { github: number; model: number }): Promise<Running> {
  const ready = new Set<string>();
  const child = startChild({
    ...options,
    name: "simulators",
    command: process.execPath,
    args: [
      ...["--import", "tsx", path.join("e2e", "simulators", "main.ts"), "--exit-on-stdin-end"],
      ...["--github-port", String(ports.github), "--model-port", String(ports.model)],
    ],
    onLine(line) {
      const name = /^\{"simulator":"(\w+)","url"/.exec(line)?.[1];
      if (name) ready.add(name);
    },
  });
  await waitUntil(child, async () => ready.has("github") && ready.has("model"), READY_MS);
  return { pid: child.pid, exited: child.exited, stop: () => child.stop(STOP_MS) };
}

/** Starts the stand-ins for GitHub and for a model endpoint, both on loopback; started again they keep their ports
 *  (their tokens go: people sign in anew). */
export async function startSimulators(
  options: SimulatorOptions,
): Promise<{ service: Service; githubUrl: string; modelUrl: string }> {
  const ports = { github: options.githubPort ?? (await freePort()), model: await freePort() };
  return {
    service: await startService("simulators", () => launch(options, ports)),
    githubUrl: `http://127.0.0.1:${ports.github}`,
    modelUrl: `http://127.0.0.1:${ports.model}`,
  };
}
