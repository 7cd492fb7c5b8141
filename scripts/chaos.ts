// Run to prove that nothing is lost when parts die: `npm run chaos`. Builds the app where needed, starts everything on
// free ports with fresh data, kills, stops and cuts off real processes and connections, checks what clients saw, and
// writes docs/reliability.md, scenario by scenario. Before that it simulates the same in one process, with thousands of
// seeds. `-- --only cli-kill,watch-cut` replaces the figures of these alone; `-- --short` makes a handful of each fault and
// `-- --scale 0.1` a tenth, and both only print; `-- --seed N` repeats a run; `-- --only simulation --seed N` tells what happens in that one seed;
// `-- --keep` keeps data and logs, which stay in any case where something broke;
// `-- --report FILE` writes as JSON which scenarios broke something.
// Exits with 1 where an invariant was broken; a missed time is reported, and is no error.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { signInPeople } from "@/tests/chaos/client";
import { renderTable } from "@/tests/chaos/report";
import { keepResult } from "@/tests/chaos/results";
import { type Outcome, runScenario } from "@/tests/chaos/runner";
import type { Scenario } from "@/tests/chaos/scenario";
import { SCENARIOS } from "@/tests/chaos/scenarios/all";
import { type ChaosStack, startChaosStack } from "@/tests/chaos/stack";
import { retell, SIMULATION, simulateSeeds } from "@/tests/simulation/simulate";
import { buildApp } from "./lib/build";
import { onShutdown, sayStopping } from "./lib/shutdown";
import { messageOf, note, step } from "./lib/steps";

const FILES = { data: path.join("docs", "reliability.json"), page: path.join("docs", "reliability.md") };
const APPS = 2;
const CLIS = 4;
/** Fewer faults are made without a word in between. */
const TOLD_FROM = 20;
/** So many broken invariants of a scenario are told in words. */
const TOLD_MAX = 10;

const { values } = parseArgs({
  options: {
    short: { type: "boolean", default: false },
    keep: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    report: { type: "string" },
    scale: { type: "string", default: "1" },
    seed: { type: "string" },
  },
});
const names = values.only.split(",").filter((name) => name !== "");
const known = [SIMULATION, ...SCENARIOS].map(({ name }) => name);
const unknown = names.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`There is no scenario ${unknown.join(", ")}. Scenarios: ${known.join(", ")}`);
  process.exit(1);
}
const seed = Number(values.seed ?? 1);
const scale = Number(values.scale);
const isFull = !values.short && scale === 1;
const isChosen = ({ name }: { name: string }) => names.length === 0 || names.includes(name);
const chosen = SCENARIOS.filter(isChosen);

const timesOf = (times: { full: number; short: number }): number =>
  Math.max(1, Math.round((values.short ? times.short : times.full) * scale));
const faultsOf = ({ faults }: Scenario): number => timesOf(faults);

/** What is run is what is in the tree, which may differ from the commit. */
function commitOf(): string {
  const git = (...args: string[]) => execFileSync("git", args, { encoding: "utf8" }).trim();
  const changed = git("status", "--porcelain", "--", ".", ":!docs") === "" ? "" : ", changed";
  return `${git("rev-parse", "--short", "HEAD")}${changed}`;
}

function keep(outcome: Outcome): Outcome {
  if (!isFull) return outcome;
  const about = {
    date: new Date().toISOString().slice(0, 10),
    commit: commitOf(),
    seed,
    cores: availableParallelism(),
    node: process.versions.node,
  };
  const order = [SIMULATION, ...SCENARIOS].map(({ name }) => name);
  keepResult(FILES, order, { outcome, about });
  note(`  written to ${FILES.page}`);
  return outcome;
}

async function runSimulation(): Promise<Outcome> {
  const seeds = timesOf(SIMULATION.seeds);
  const { outcome, brokenSeeds } = await step(
    `${SIMULATION.fault}: ${seeds}`,
    () => simulateSeeds({ from: seed, seeds, progress: (done) => tell(done, seeds) }),
    (result) => (result.brokenSeeds.length === 0 ? "" : `${result.brokenSeeds.length} seeds broken`),
  );
  for (const { seed: broken, violations, faults } of brokenSeeds.slice(0, TOLD_MAX)) {
    note(`  seed ${broken}, ${faults.join(", ")}`);
    for (const { check, detail } of violations.slice(0, TOLD_MAX)) note(`    ${check}: ${detail}`);
  }
  const [first] = brokenSeeds;
  if (first) process.stdout.write(`\n${(await retell(first.seed)).text}\n\n`);
  return outcome;
}

async function runScenarios(stack: ChaosStack): Promise<Outcome[]> {
  const people = await signInPeople(stack);
  const outcomes: Outcome[] = [];
  for (const scenario of chosen) {
    const faults = faultsOf(scenario);
    const options = { stack, people, seed, faults, isShort: values.short };
    const outcome = await step(
      `${scenario.fault}: ${faults}`,
      () => runScenario(scenario, { ...options, progress: (done) => tell(done, faults) }),
      ({ violations }) => (violations.length === 0 ? "" : `${violations.length} invariants broken`),
    );
    outcomes.push(keep(outcome));
    for (const { check, sessionId, detail } of outcome.violations.slice(0, TOLD_MAX)) {
      note(`  ${check}: ${detail} (session ${sessionId})`);
    }
  }
  for (const person of people) person.close();
  return outcomes;
}

/** A line at each tenth of the faults. */
function tell(done: number, faults: number): void {
  if (faults >= TOLD_FROM && done % Math.floor(faults / 10) === 0) note(`  ${done} of ${faults}`);
}

const DONE = "done";
let keepData = values.keep;
let starting: Promise<ChaosStack> | undefined;
const givingUp = new AbortController();
const shutdown = onShutdown(async (reason) => {
  if (reason !== DONE) sayStopping(reason);
  givingUp.abort(new Error(reason));
  const stack = await starting?.catch(() => undefined);
  await stack?.stop(keepData);
  if (stack && keepData) note(`Data and logs: ${stack.dataDir}`);
});

async function runOnStack(): Promise<Outcome[]> {
  await step(
    "Building the app",
    () => buildApp(process.cwd()),
    ({ built }) => (built ? "" : "up to date"),
  );
  starting = step("Starting everything", () =>
    startChaosStack({ apps: APPS, clis: CLIS, signal: givingUp.signal }),
  );
  return runScenarios(await starting);
}

async function runOneSeed(): Promise<boolean> {
  const { text, isBroken } = await retell(seed);
  process.stdout.write(`${text}\n`);
  return isBroken;
}

async function runAll(): Promise<boolean> {
  const outcomes = [
    ...(isChosen(SIMULATION) ? [keep(await runSimulation())] : []),
    ...(chosen.length > 0 ? await runOnStack() : []),
  ];
  process.stdout.write(`\n${renderTable(outcomes)}\n\n`);
  if (values.report !== undefined) {
    const scenarios = outcomes.map(({ scenario, violations }) => ({
      name: scenario.name,
      violations: violations.length,
    }));
    writeFileSync(values.report, JSON.stringify({ scenarios }));
  }
  return outcomes.some(({ violations }) => violations.length > 0);
}

/** A seed that is named is told in full. */
const isOneSeed = values.seed !== undefined && isFull && chosen.length === 0;

try {
  const isBroken = await (isOneSeed ? runOneSeed() : runAll());
  // What broke once may not break again soon.
  keepData ||= isBroken;
  shutdown(DONE, isBroken ? 1 : 0);
} catch (error) {
  console.error(messageOf(error));
  shutdown("an error", 1);
}
