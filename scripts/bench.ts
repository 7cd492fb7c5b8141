// Run to measure Flightdeck against the bare SDK: `npm run bench`. Builds the app where needed, starts everything on
// free ports with fresh data, and writes docs/performance.md. `-- --quick` takes few samples and only prints;
// `-- --only turns,delay,watch,memory,detached,doors,jobs,page,list,admin` measures some parts and only prints;
// `-- --seed N` chooses the random order.
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { measureAdministration } from "@/bench/administration/administration";
import { createFlightdeckArm } from "@/bench/arms/flightdeck-arm";
import { signInToFlightdeck } from "@/bench/arms/flightdeck-client";
import { createSdkArm } from "@/bench/arms/sdk-arm";
import { measureDetached } from "@/bench/detached";
import { measureDoors } from "@/bench/doors";
import { measureJobs } from "@/bench/jobs";
import { measureMemory } from "@/bench/memory";
import { measurePage } from "@/bench/page";
import { loadAverage } from "@/bench/processes";
import { seededRandom } from "@/bench/random";
import { renderReport } from "@/bench/report";
import { measureSessionList } from "@/bench/session-list";
import { type BenchStack, startBenchStack } from "@/bench/stack";
import type { Figures } from "@/bench/targets";
import { measureTurns, nameOf, type Workload } from "@/bench/turns";
import { measureWatchDelay } from "@/bench/watch-delay";
import { measureWatchLoad } from "@/bench/watch-load";
import { buildApp } from "./lib/build";
import { onShutdown, sayStopping } from "./lib/shutdown";
import { messageOf, note, step } from "./lib/steps";

const PARTS = ["turns", "delay", "watch", "memory", "detached", "doors", "jobs", "page", "list", "admin"];
const REPORT = path.join("docs", "performance.md");
const LOGIN = "mona";
const TOKENS = 50;

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string", default: PARTS.join(",") },
    seed: { type: "string", default: "1" },
  },
});
const seed = Number(values.seed);
const only = values.only.split(",");
const isWhole = !values.quick && PARTS.every((part) => only.includes(part));
const random = seededRandom(seed);
const scaled = (full: number, quick: number) => (values.quick ? quick : full);

const answer = Array.from({ length: TOKENS }, (_, index) => index + 1).join(" ");
/** `pace`: tokens a second of the model; 0 is as fast as it can, so that nothing but the parts' own work counts. */
const workload = (atOnce: number, rounds: number, pace: number): Workload => ({
  atOnce,
  rounds,
  pace,
  prompt: `count tokens=${TOKENS} rate=${pace}`,
  expected: answer,
});
const HOSTED_PACE = 50;
/** Not counted: what is compiled and connected at first is nobody's. */
const WARM_UP = workload(1, scaled(80, 20), 0);
const WORKLOADS = [
  workload(1, scaled(250, 40), 0),
  workload(10, scaled(20, 4), 0),
  workload(50, scaled(8, 2), 0),
  workload(1, scaled(40, 5), HOSTED_PACE),
  workload(10, scaled(12, 2), HOSTED_PACE),
  workload(50, scaled(4, 1), HOSTED_PACE),
];

const versionOf = (name: string): string =>
  (JSON.parse(readFileSync(path.join("node_modules", name, "package.json"), "utf8")) as { version: string })
    .version;

async function measure(stack: BenchStack): Promise<Figures> {
  const gitHubToken = await stack.issueToken(LOGIN);
  const client = await signInToFlightdeck(stack.appUrl, LOGIN);
  const figures: Figures = { turns: [] };
  if (only.includes("turns")) {
    const arms = [
      await createSdkArm({ cli: stack.cli, gitHubToken, noDelay: false }),
      await createSdkArm({ cli: stack.cli, gitHubToken, noDelay: true }),
      createFlightdeckArm(client, stack.appPid),
    ];
    const setting = { stack, arms, random };
    await step("Warming up", () => measureTurns(setting, WARM_UP));
    for (const each of WORKLOADS) {
      const label = `${nameOf(each)}, ${each.rounds} rounds of ${arms.length} arms`;
      figures.turns.push(await step(label, () => measureTurns(setting, each)));
    }
    for (const arm of arms.slice(0, 2)) await arm.close();
  }
  if (only.includes("delay")) {
    const options = { stack, client, streams: 20, tokens: scaled(400, 300) };
    figures.watchDelay = await step("From the SDK to the watchers", () => measureWatchDelay(options));
  }
  if (only.includes("watch")) {
    const options = { stack, client, streams: 200, rounds: scaled(3, 1), seconds: scaled(8, 4) };
    figures.watchLoad = await step("Many watches", () => measureWatchLoad(options));
  }
  if (only.includes("memory")) {
    const options = { stack, client, sessions: scaled(100, 20), watches: scaled(200, 50) };
    figures.memory = await step("Memory", () => measureMemory(options));
  }
  if (only.includes("detached")) {
    const counts = { warmUp: scaled(220, 30), sessions: scaled(100, 20), rounds: scaled(5, 2) };
    const options = { stack, client, gitHubToken, ...counts, wakes: scaled(30, 10), random };
    figures.detached = await step("Detached sessions", () => measureDetached(options));
  }
  if (only.includes("doors")) {
    const options = { client, samples: scaled(1_000, 100), warmUp: scaled(300, 50), random };
    figures.doors = await step("Doors", () => measureDoors(options));
  }
  if (only.includes("jobs")) {
    const { databaseUrl } = stack;
    const options = { databaseUrl, rounds: scaled(10, 2), pickUps: scaled(500, 50), random };
    figures.jobs = await step("Background jobs", () => measureJobs(options));
  }
  if (only.includes("page")) {
    figures.page = await step("Chat page", () => measurePage(stack, client, scaled(5, 1)));
  }
  // Last, because these fill the database.
  if (only.includes("list")) {
    const large = { heavy: scaled(100_000, 10_000), usual: 100, others: scaled(8_999, 899) };
    const options = { stack, heavy: client, samples: scaled(200, 60), large, random };
    figures.sessionList = await step("List of sessions", () => measureSessionList(options));
  }
  if (only.includes("admin")) {
    const sizes = {
      sessions: scaled(1_000_000, 20_000),
      samples: scaled(100, 20),
      expired: scaled(100_000, 2_000),
    };
    const options = { stack, client, ...sizes, quietSeconds: scaled(60, 10), seed, random };
    figures.administration = await step("Administrators", () => measureAdministration(options));
  }
  client.close();
  return figures;
}

const DONE = "done";
let starting: Promise<BenchStack> | undefined;
const givingUp = new AbortController();
const shutdown = onShutdown(async (reason) => {
  if (reason !== DONE) sayStopping(reason);
  givingUp.abort(new Error(reason));
  const stack = await starting?.catch(() => undefined);
  await stack?.stop();
});

try {
  await step(
    "Building the app",
    () => buildApp(process.cwd()),
    ({ built }) => (built ? "" : "up to date"),
  );
  starting = step("Starting everything", () => startBenchStack(givingUp.signal));
  const before = loadAverage();
  const figures = await measure(await starting);
  const report = renderReport(
    figures,
    {
      date: new Date().toISOString().slice(0, 10),
      seed,
      cores: availableParallelism(),
      load: { before, after: loadAverage() },
      versions: {
        Node: process.versions.node,
        SDK: versionOf("@github/copilot-sdk"),
        CLI: versionOf("@github/copilot"),
        Next: versionOf("next"),
        Prisma: versionOf("prisma"),
      },
    },
    random,
  );
  process.stdout.write(`\n${report}`);
  if (isWhole) {
    writeFileSync(REPORT, report);
    note(`Written to ${REPORT}.`);
  }
  shutdown(DONE, 0);
} catch (error) {
  console.error(messageOf(error));
  shutdown("an error", 1);
}
