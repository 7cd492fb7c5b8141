// Runs both stand-ins until it is told to stop:
//   tsx e2e/simulators/main.ts [--github-port N] [--model-port N] [--model-base-url URL] [--exit-on-stdin-end]
// Prints one line of JSON for each server when it is ready, e.g. {"simulator":"github","url":"http://127.0.0.1:4567"}.
import { parseArgs } from "node:util";
import { startGithubSimulator } from "./github-simulator";
import { startModelSimulator } from "./model-simulator";

const { values } = parseArgs({
  options: {
    "github-port": { type: "string", default: "0" },
    "model-port": { type: "string", default: "0" },
    "model-base-url": { type: "string" },
    "exit-on-stdin-end": { type: "boolean", default: false },
  },
});

function portOf(flag: "github-port" | "model-port"): number {
  const port = Number(values[flag]);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  console.error(`--${flag} must be a number from 0 to 65535`);
  process.exit(2);
}

async function start<Started extends { url: string }>(
  name: string,
  starting: Promise<Started>,
): Promise<Started> {
  try {
    const simulator = await starting;
    console.log(JSON.stringify({ simulator: name, url: simulator.url }));
    return simulator;
  } catch (error) {
    console.error(
      JSON.stringify({ simulator: name, error: error instanceof Error ? error.message : String(error) }),
    );
    process.exit(1);
  }
}

const github = await start(
  "github",
  startGithubSimulator({ port: portOf("github-port"), modelBaseUrl: values["model-base-url"] }),
);
const model = await start("model", startModelSimulator({ port: portOf("model-port") }));

async function stop(): Promise<void> {
  await Promise.all([github.close(), model.close()]);
  process.exit(0);
}
process.once("SIGTERM", () => void stop());
process.once("SIGINT", () => void stop());
// For a parent that keeps our stdin open: when it dies, however it dies, the pipe ends and nobody else would stop us.
if (values["exit-on-stdin-end"]) {
  process.stdin
    .once("end", () => void stop())
    .once("error", () => void stop())
    .resume();
}
