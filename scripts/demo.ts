// Run to try Flightdeck on a machine with nothing but Node.js: `npm run demo`. Starts a Postgres, stand-ins for
// GitHub and for a model endpoint, and the built app with a real Copilot CLI server, all on loopback, with data in
// .data/demo. Ctrl-C stops everything. PORT chooses another port than 3000.
import path from "node:path";
import { unpackCli } from "@/server/copilot/cli-process";
import { buildApp } from "./lib/build";
import { isFree, nextFreePort, whoListens } from "./lib/ports";
import { keepRunning } from "./lib/service";
import { onShutdown, sayStopping } from "./lib/shutdown";
import { type Stack, startStack, systemEnv } from "./lib/stack";
import { box, messageOf, note, paint, step } from "./lib/steps";

const HOST = "127.0.0.1";
const dataDir = path.resolve(".data", "demo");

async function choosePort(): Promise<number> {
  const wanted = Number(process.env.PORT ?? 3000);
  if (await isFree(wanted, HOST)) return wanted;
  const port = await nextFreePort(wanted + 1, HOST);
  note(paint("yellow", `Port ${wanted} is taken by ${whoListens(wanted)}; using ${port} instead.`));
  return port;
}

async function invitation(stack: Stack): Promise<string> {
  const cli = await stack.cliPid();
  return box([
    `Flightdeck is running: ${stack.appUrl}`,
    "",
    "Sign in as mona (an administrator), hubot or octocat; no account needed.",
    "Prompts with these words get special answers from the stand-in model:",
    "  markdown · code · long · slow · error 429 · error 402 · cut",
    `Bring a model of your own (Settings): kind Compatible, ${stack.modelUrl}/v1, model sim-small.`,
    "Anything else gets a short answer. Reload in mid-answer: nothing is lost.",
    cli ? `Kill the Copilot CLI server in mid-answer and watch it go on: kill -9 ${cli}` : "",
    `Logs: ${path.relative(process.cwd(), stack.logDir)}`,
    "",
    "Ctrl-C stops everything.",
  ]);
}

let starting: Promise<Stack> | undefined;
let isRunning = false;
const givingUp = new AbortController();
const shutdown = onShutdown(async (reason) => {
  sayStopping(reason);
  if (!isRunning) givingUp.abort(new Error(reason));
  const stack = await starting?.catch(() => undefined);
  await stack?.stop();
  note("Everything is stopped.");
});

try {
  // What takes longest goes on beside the rest: the build, and the CLI that unpacks itself.
  const building = buildApp(process.cwd());
  building.catch(() => {});
  const unpacking = unpackCli({ dataDir: path.join(dataDir, "app", "cli"), env: systemEnv() });
  const beforeApp = async () => {
    await step(
      "Building the app",
      () => building,
      ({ built }) => (built ? "" : "up to date"),
    );
    await unpacking;
  };
  starting = startStack({ dataDir, port: await choosePort(), beforeApp, step, signal: givingUp.signal });
  const stack = await starting;
  isRunning = true;
  for (const part of [stack.postgres, stack.simulators, stack.app]) {
    if (!part) continue;
    keepRunning(part, {
      onRestart: (name, why) => note(paint("yellow", `${name} ${why}; starting it again.`)),
      onGiveUp: (name, why) => {
        note(paint("red", `${name} ${why}, again and again; giving up. See ${dataDir}/logs/${name}.log.`));
        shutdown("a part that does not stay up", 1);
      },
    });
  }
  console.log(`\n${await invitation(stack)}\n`);
} catch (error) {
  if (!givingUp.signal.aborted) {
    console.error(`\n${messageOf(error)}`);
    shutdown("a part that did not start", 1);
  }
}
