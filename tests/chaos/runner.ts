import { writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { seededRandom } from "@/bench/random";
import { findViolations } from "./checker";
import { groupBy, type Violation } from "./checks/violation";
import { deleteSession, type Person, readLog } from "./client";
import { type Evidence, type FinalLog, type History, type ModelCall, newHistory } from "./history";
import { exactly, type Figure, type Result, type Scenario } from "./scenario";
import type { ChaosStack } from "./stack";
import type { Watcher } from "./watcher";

/** How one scenario went. */
export type Outcome = {
  scenario: Pick<Scenario, "name" | "fault">;
  faults: number;
  figures: Figure[];
  violations: (Omit<Violation, "check"> & { check: string })[];
  /** Prompts, events that watchers received, and calls of the model that were looked at. */
  seen: { prompts: number; events: number; calls: number };
  tookMs: number;
};

export type RunOptions = {
  stack: ChaosStack;
  people: Person[];
  seed: number;
  faults: number;
  isShort: boolean;
  progress(done: number): void;
};

/** Watchers get what is stored within this time after the last turn's end. */
const CATCH_UP_MS = 10_000;
const LOOK_EVERY_MS = 20;

/** Runs a scenario, lets the dust settle, and checks everything that was done and seen in it. */
export async function runScenario(scenario: Scenario, options: RunOptions): Promise<Outcome> {
  const { stack, seed, faults } = options;
  const startedAt = performance.now();
  const history = newHistory();
  const firstCall = await lastCallNumber(stack);
  await stack.connected();
  const result = await scenario.run({ ...options, history, random: seededRandom(seed) });
  const logs = await collectLogs(result);
  const calls = (await readCalls(stack, firstCall)).filter(({ promptText }) => promptText);
  const evidence: Evidence = { history, logs, calls };
  const violations = findViolations(evidence);
  if (violations.length === 0) for (const session of result.sessions) await deleteSession(session);
  else await keepEvidence(`${stack.dataDir}/broken-${scenario.name}.json`, evidence, violations);
  return {
    scenario: { name: scenario.name, fault: scenario.fault },
    ...{ faults, violations },
    figures: [...result.figures, ...neverAnswered(history)],
    seen: {
      prompts: new Set(history.sends.map(({ prompt }) => prompt)).size,
      events: history.received.length,
      calls: calls.length,
    },
    tookMs: performance.now() - startedAt,
  };
}

/** Writes down all that is known of the sessions in which something broke; their files stay on the CLI servers' disk. */
async function keepEvidence(file: string, evidence: Evidence, violations: Violation[]): Promise<void> {
  const { history, logs, calls } = evidence;
  const broken = new Set(violations.map(({ sessionId }) => sessionId));
  const isBroken = ({ sessionId }: { sessionId: string }) => broken.has(sessionId);
  const { faults } = history;
  const kept = {
    violations,
    // The processes' logs tell the time of day.
    clockStartedAt: new Date(performance.timeOrigin),
    faults,
    logs: logs.filter(isBroken),
    sends: history.sends.filter(isBroken),
    received: history.received.filter(isBroken),
    calls: calls.filter(({ sessionHint }) => broken.has(sessionHint ?? "")),
  };
  await writeFile(file, JSON.stringify(kept, null, 1));
}

/** A line of its own where a prompt was given up, which no scenario expects. */
function neverAnswered({ sends }: History): Figure[] {
  const attempts = [...groupBy(sends, ({ prompt }) => prompt).values()];
  const given = attempts.filter((each) => each.every(({ answer }) => answer === null)).length;
  return given === 0 ? [] : [exactly("prompts that were never acknowledged", given, 0)];
}

async function collectLogs({ sessions, watchers }: Result): Promise<FinalLog[]> {
  const logs: FinalLog[] = [];
  for (const session of sessions) logs.push(await readLog(session));
  const newest = new Map(logs.map(({ sessionId, events }) => [sessionId, events.at(-1)?.seq ?? 0]));
  const isBehind = (watcher: Watcher) => watcher.lastSeq() < (newest.get(watcher.session.id) ?? 0);
  const deadline = performance.now() + CATCH_UP_MS;
  while (watchers.some(isBehind) && performance.now() < deadline) await sleep(LOOK_EVERY_MS);
  for (const watcher of watchers) watcher.close();
  return logs;
}

type LoggedCall = ModelCall & { n: number };

async function readCalls({ githubUrl }: ChaosStack, since: number): Promise<LoggedCall[]> {
  const response = await fetch(`${githubUrl}/_log?since=${since}`);
  return (await response.json()) as LoggedCall[];
}

const lastCallNumber = async (stack: ChaosStack): Promise<number> =>
  (await readCalls(stack, 0)).at(-1)?.n ?? 0;
