import { chmod, cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { startStack } from "@/scripts/lib/stack";
import { startControl } from "./control-server";
import { gatedStackIn } from "./gated-stack";
import { processesThatName } from "./left-processes";

/** Where the logs of the last run stay, for whoever looks into a failed journey. */
const LOGS = path.join("test-results", "logs");

/** Starts the whole product on free ports with fresh data, and hands its addresses to the journeys. The function
 *  that it returns stops everything, and fails the run where a process is left. */
export default async function setup(): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(path.join(tmpdir(), "flightdeck-e2e-"));
  // As root, Postgres runs as another user that has to get in here.
  await chmod(dataDir, 0o711);
  const stack = await startStack({ dataDir });
  const gated = gatedStackIn(dataDir);
  const control = await startControl(stack, gated);
  Object.assign(process.env, {
    FLIGHTDECK_E2E_URL: stack.appUrl,
    FLIGHTDECK_E2E_GITHUB: stack.githubUrl,
    FLIGHTDECK_E2E_MODEL: stack.modelUrl,
    FLIGHTDECK_E2E_DATABASE: stack.databaseUrl,
    FLIGHTDECK_E2E_CONTROL: control.url,
  });
  return async () => {
    await control.close();
    await Promise.all([stack.stop(), gated.stop()]);
    const left = await processesThatName(dataDir);
    await rm(LOGS, { recursive: true, force: true });
    await cp(stack.logDir, LOGS, { recursive: true });
    await cp(gated.logDir, path.join(LOGS, "gated"), { recursive: true }).catch(() => undefined);
    await rm(dataDir, { recursive: true, force: true });
    if (left.length > 0) throw new Error(`Processes were left behind:\n${left.join("\n")}`);
  };
}
