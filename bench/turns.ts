import { setTimeout as sleep } from "node:timers/promises";
import { shuffle } from "simple-statistics";
import type { Arm, BenchSession, TurnTimes } from "./arms/types";
import { cpuSeconds, familyCpuSeconds } from "./processes";
import type { BenchStack } from "./stack";

/** CPU seconds of a turn, by process. */
export type CpuPerTurn = { driver: number; cli: number; postgres: number; model: number };
export type ArmResult = { arm: Arm["id"]; times: TurnTimes[]; turnsPerSecond: number[]; cpu: CpuPerTurn };
/** One workload: the same prompts for every arm, in rounds; in each round every arm once, in a random order. */
export type TurnsResult = Omit<Workload, "expected"> & { arms: ArmResult[] };

export type Workload = {
  atOnce: number;
  rounds: number;
  /** Tokens a second that the model gives; 0: as fast as it can. */
  pace: number;
  prompt: string;
  /** The answer every turn has to give; anything else fails the run. */
  expected: string;
};

/** What a workload is called in the report. */
export const nameOf = ({ atOnce, pace }: Pick<Workload, "atOnce" | "pace">): string =>
  `${atOnce} at once, ${pace === 0 ? "model without limit" : `model at ${pace} tokens/s`}`;

/** New sessions after this many turns, so that the history that the CLI sends to the model stays short. */
const TURNS_PER_SESSION = 25;
/** The first prompt of a session, not counted: it brings the session to the CLI server. */
const FIRST_PROMPT = "count tokens=5 rate=0";
/** A moment of rest before each measurement, so that the work that follows a turn is not charged to the next arm. */
const REST_MS = 30;

type Tally = { times: TurnTimes[]; turnsPerSecond: number[]; cpu: CpuPerTurn };

const readCpu = (stack: BenchStack, arm: Arm): CpuPerTurn => ({
  driver: arm.driverCpuSeconds(),
  cli: cpuSeconds(stack.cli.pid),
  postgres: familyCpuSeconds(stack.postgresPid()),
  model: cpuSeconds(stack.simulatorsPid),
});

async function openAll(arm: Arm, count: number): Promise<BenchSession[]> {
  const sessions = await Promise.all(Array.from({ length: count }, () => arm.open()));
  for (const session of sessions) await session.turn(FIRST_PROMPT);
  return sessions;
}

export type Setting = { stack: BenchStack; arms: readonly Arm[]; random(): number };

/** Runs a workload through all arms. Every turn's answer is checked. */
export async function measureTurns(
  { stack, arms, random }: Setting,
  workload: Workload,
): Promise<TurnsResult> {
  const { expected, ...shape } = workload;
  const { atOnce, rounds, prompt } = workload;
  const tallies = new Map<Arm, Tally>(
    arms.map((arm) => [
      arm,
      { times: [], turnsPerSecond: [], cpu: { driver: 0, cli: 0, postgres: 0, model: 0 } },
    ]),
  );

  async function runRound(arm: Arm, tally: Tally, sessions: BenchSession[]): Promise<void> {
    await sleep(REST_MS);
    const before = readCpu(stack, arm);
    const startedAt = performance.now();
    const times = await Promise.all(sessions.map((session) => session.turn(prompt)));
    const wallSeconds = (performance.now() - startedAt) / 1_000;
    const after = readCpu(stack, arm);
    for (const { text } of times) {
      if (text !== expected) throw new Error(`${arm.id} answered "${text.slice(0, 200)}"`);
    }
    tally.times.push(...times);
    tally.turnsPerSecond.push(atOnce / wallSeconds);
    for (const key of ["driver", "cli", "postgres", "model"] as const)
      tally.cpu[key] += after[key] - before[key];
  }

  for (let done = 0; done < rounds; done += TURNS_PER_SESSION) {
    const open = new Map<Arm, BenchSession[]>();
    for (const arm of arms) open.set(arm, await openAll(arm, atOnce));
    for (let round = done; round < Math.min(rounds, done + TURNS_PER_SESSION); round += 1) {
      for (const arm of shuffle([...arms], random)) {
        const tally = tallies.get(arm);
        if (tally) await runRound(arm, tally, open.get(arm) ?? []);
      }
    }
    for (const sessions of open.values()) await Promise.all(sessions.map((session) => session.close()));
  }

  const turns = rounds * atOnce;
  return {
    ...shape,
    arms: [...tallies].map(([arm, { cpu, ...rest }]) => ({
      arm: arm.id,
      ...rest,
      cpu: {
        driver: cpu.driver / turns,
        cli: cpu.cli / turns,
        postgres: cpu.postgres / turns,
        model: cpu.model / turns,
      },
    })),
  };
}
