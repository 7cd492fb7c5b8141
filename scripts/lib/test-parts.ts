import { mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { findBrowser } from "./browser";
import { buildApp } from "./build";
import { CHECKS, runCheck } from "./checks";
import { startChild } from "./child";
import { openProcessBook } from "./process-book";
import { messageOf, note, paint, seconds } from "./steps";
import {
  beginningOf,
  type Failure,
  type PlaywrightReport,
  playwrightFailures,
  type VitestReport,
  vitestFailures,
} from "./test-reports";

export type PartResult = {
  name: string;
  passed: number;
  failed: number;
  ms: number;
  remarks: string[];
  /** What failed, and the beginning of why. */
  failures: Failure[];
};
type Counts = Omit<PartResult, "name" | "ms">;
type Part = { name: string; run(): Promise<Counts> };

const REPORTS = path.join(".data", "test");
const LOGS = path.join(REPORTS, "logs");
export const TEST_BOOK = path.join(REPORTS, "processes");

type ChaosReport = { scenarios: { name: string; violations: number }[] };

function readReport<Report>(file: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Report;
  } catch {
    return undefined;
  }
}

const heading = (name: string): void => console.log(`\n${paint("bold", name)}`);

type Tool = { name: string; args: string[]; env?: Record<string, string>; logDir?: string };

/** Runs a test tool to its end, with its output on ours or in `logDir`; answers with what ended it. */
async function runTool({ name, args, env = {}, logDir }: Tool): Promise<string> {
  const book = openProcessBook(TEST_BOOK);
  const { NODE_ENV: _unwanted, ...inherited } = process.env;
  const child = startChild({
    name,
    command: process.execPath,
    args,
    env: { ...inherited, ...env },
    book,
    ...(logDir !== undefined && { logDir }),
  });
  const end = await child.exited;
  await child.logged;
  book.close();
  return end;
}

/** A part counts as failed where nothing failed but the tool ended badly, or where it had nothing to run. */
function judged(counts: Counts, end: string): Counts {
  const remarks = [...counts.remarks];
  let { failed } = counts;
  if (failed === 0 && end !== "ended with code 0") remarks.push(`the tool ${end}`);
  if (counts.passed + failed === 0) remarks.push("no test ran");
  if (failed === 0 && remarks.length > 0) failed = 1;
  return { ...counts, failed, remarks };
}

const unreported = (end: string): Counts =>
  judged({ passed: 0, failed: 0, remarks: ["there is no report"], failures: [] }, end);

// Runs beside the journeys, so its output is shown when it is complete.
async function runVitest(project: string): Promise<Counts> {
  const report = path.join(REPORTS, `${project}.json`);
  rmSync(report, { force: true });
  const vitest = path.join("node_modules", "vitest", "vitest.mjs");
  const reporters = ["--reporter=dot", "--reporter=json", `--outputFile.json=${report}`];
  const name = `vitest-${project}`;
  const log = path.join(LOGS, `${name}.log`);
  rmSync(log, { force: true });
  const end = await runTool({
    name,
    args: [vitest, "run", "--project", project, ...reporters],
    logDir: LOGS,
  });
  heading(project);
  console.log(readFileSync(log, "utf8"));
  const found = readReport<VitestReport>(report);
  if (!found) return unreported(end);
  const remarks: string[] = [];
  const skipped = found.numPendingTests + found.numTodoTests;
  if (skipped > 0) remarks.push(`${skipped} skipped`);
  // Files that could not be loaded have no tests to count.
  const broken = found.testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.length === 0,
  );
  for (const file of broken) remarks.push(`${path.relative(process.cwd(), file.name)} could not be run`);
  const failed = found.numFailedTests + broken.length + skipped;
  return judged({ passed: found.numPassedTests, failed, remarks, failures: vitestFailures(found) }, end);
}

/** Runs the browser journeys against a build of the present sources. */
export async function runJourneys(args: string[] = []): Promise<Counts> {
  await buildApp(process.cwd());
  const report = path.resolve(REPORTS, "journeys.json");
  rmSync(report, { force: true });
  const browser = findBrowser();
  note(`Browser: ${browser}`);
  const cli = path.join("node_modules", "@playwright", "test", "cli.js");
  const config = path.join("e2e", "playwright.config.ts");
  heading("journeys");
  const end = await runTool({
    name: "playwright",
    args: [cli, "test", "-c", config, "--reporter=list,json", ...args],
    env: { PLAYWRIGHT_JSON_OUTPUT_NAME: report, FLIGHTDECK_BROWSER: browser },
  });
  const found = readReport<PlaywrightReport>(report);
  if (!found) return unreported(end);
  const { expected, unexpected, skipped } = found.stats;
  const remarks = found.errors.map(({ message }) => message?.split("\n")[0] ?? "an error outside of a test");
  if (skipped > 0) remarks.push(`${skipped} skipped or not run`);
  const failed = unexpected + skipped + found.errors.length;
  return judged({ passed: expected, failed, remarks, failures: playwrightFailures(found) }, end);
}

/** A scenario has passed where no invariant was broken; how long things took is another matter. */
async function runChaos(): Promise<Counts> {
  const report = path.join(REPORTS, "chaos.json");
  rmSync(report, { force: true });
  heading("chaos");
  const entry = path.join("scripts", "run.mjs");
  const end = await runTool({ name: "chaos", args: [entry, "chaos", "--short", "--report", report] });
  const found = readReport<ChaosReport>(report);
  if (!found) return unreported(end);
  const broken = found.scenarios.filter(({ violations }) => violations > 0);
  const failures = broken.map(({ name, violations }) => ({
    test: name,
    why: `${violations} invariants broken`,
  }));
  const passed = found.scenarios.length - broken.length;
  return judged({ passed, failed: broken.length, remarks: [], failures }, end);
}

async function runChecks(): Promise<Counts> {
  const counts: Counts = { passed: 0, failed: 0, remarks: [], failures: [] };
  heading("checks");
  for (const check of CHECKS) {
    const { name, ok, output, ms } = await runCheck(check, process.cwd());
    console.log(
      `  ${ok ? paint("green", "✓") : paint("red", "✗")} ${name} ${paint("dim", `(${seconds(ms)})`)}`,
    );
    if (ok) counts.passed++;
    else {
      counts.failed++;
      counts.failures.push({ test: name, why: beginningOf(output) });
      console.log(`\n${output}\n`);
    }
  }
  return counts;
}

async function runBuild(): Promise<Counts> {
  heading("build");
  const { built } = await buildApp(process.cwd());
  if (!built) console.log("  up to date");
  return { passed: 1, failed: 0, remarks: [], failures: [] };
}

const vitest = (name: string): Part => ({ name, run: () => runVitest(name) });

/** Stages one after the other; the lanes of a stage side by side, each part by part. Journeys mostly wait for a
 *  browser, which leaves room for the rest; fault injection has the machine for itself. */
export const TEST_STAGES: Part[][][] = [
  [
    [
      { name: "checks", run: runChecks },
      { name: "build", run: runBuild },
    ],
  ],
  [[vitest("unit"), vitest("integration"), vitest("cli")], [{ name: "journeys", run: () => runJourneys() }]],
  [[{ name: "chaos", run: runChaos }]],
];

/** Runs one part; an error of any kind is one failure. */
export async function runPart({ name, run }: Part): Promise<PartResult> {
  mkdirSync(REPORTS, { recursive: true });
  const started = performance.now();
  try {
    return { name, ...(await run()), ms: performance.now() - started };
  } catch (error) {
    console.log(messageOf(error));
    const remark = messageOf(error).split("\n")[0] ?? "";
    return { name, passed: 0, failed: 1, ms: performance.now() - started, remarks: [remark], failures: [] };
  }
}
