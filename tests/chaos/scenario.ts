import { setTimeout as sleep } from "node:timers/promises";
import { quantileOf } from "@/bench/stats";
import type { Gap } from "./checks/gaps";
import { groupBy } from "./checks/violation";
import type { Person, Session } from "./client";
import type { Fault, History } from "./history";
import type { ChaosStack, Part } from "./stack";
import type { Watcher } from "./watcher";

const LOOK_EVERY_MS = 10;

/** What a scenario gets to work with. Its sessions are checked when it is over. */
export type Run = {
  stack: ChaosStack;
  people: Person[];
  history: History;
  seed: number;
  /** Chooses when and where a fault comes. */
  random: () => number;
  /** How many faults to make. */
  faults: number;
  /** The short form: where a fault lasts, it lasts less long. */
  isShort: boolean;
  /** Is told how many faults were made. */
  progress(done: number): void;
};

/** A measured value beside its target. */
export type Figure = { what: string; target: string; measured: string; reached: boolean };

/** The runner waits until `watchers` have seen the whole log, and closes them. */
export type Result = { figures: Figure[]; sessions: Session[]; watchers: Watcher[] };

export type Scenario = {
  name: string;
  /** What is done, in words. */
  fault: string;
  faults: { full: number; short: number };
  run(run: Run): Promise<Result>;
};

const seconds = (ms: number) => `${(ms / 1_000).toFixed(2)} s`;

/** The 99th percentile of `values` against `maxMs`; no value reaches no target. */
export function atMost(what: string, values: number[], maxMs: number): Figure {
  const p50 = quantileOf(values, 0.5);
  const p99 = quantileOf(values, 0.99);
  return {
    what,
    target: `p99 ≤ ${seconds(maxMs)}`,
    measured:
      values.length === 0 ? "none" : `p50 ${seconds(p50)}, p99 ${seconds(p99)} (${values.length} values)`,
    reached: values.length > 0 && p99 <= maxMs,
  };
}

/** A number that has to be exactly `wanted`. */
export const exactly = (what: string, value: number, wanted: number): Figure => ({
  what,
  target: String(wanted),
  measured: String(value),
  reached: value === wanted,
});

export const msOf = (gaps: Gap[]): number[] => gaps.map(({ ms }) => ms);

/** Turns that did not succeed, each counted once, with what they ended with; to reach: none but for reasons that are
 *  `allowed`, because the product promises no more. */
export function unsuccessful(what: string, { received }: History, allowed: string[] = []): Figure {
  const ends = new Map<string, string>();
  for (const { event } of received) {
    if (event.type !== "turn.ended" || event.data.outcome === "succeeded") continue;
    ends.set(event.turnId ?? "", event.data.code ?? event.data.outcome);
  }
  const reasons = [...groupBy(ends.values(), (reason) => reason)].map(
    ([reason, all]) => `${reason} ${all.length}`,
  );
  const measured = ends.size === 0 ? "0" : `${ends.size} (${reasons.join(", ")})`;
  const target = ["0", ...allowed].join(", or ");
  return { what, target, measured, reached: [...ends.values()].every((reason) => allowed.includes(reason)) };
}

/** Sends `signal` to a part and writes the fault down. A killed part is gone when it resolves. */
export async function strike(history: History, part: Part, signal: "SIGKILL" | "SIGSTOP"): Promise<Fault> {
  const target = `127.0.0.1:${part.link.port}`;
  if (signal === "SIGKILL") {
    const fault = { name: signal, target, atMs: performance.now() };
    history.faults.push(fault);
    await part.service.kill(signal);
    return fault;
  }
  process.kill(part.service.pid(), signal);
  const fault = { name: signal, target, atMs: performance.now() };
  history.faults.push(fault);
  return fault;
}

/** Resolves when every watcher whose turn was under way at `fault` has seen text, or the turn's end, at least `afterMs`
 *  after it (what was on its way then may still come), or after `waitMs`. */
export async function resumed(
  watchers: Watcher[],
  fault: Fault,
  limits: { afterMs: number; waitMs: number },
) {
  const deadline = performance.now() + limits.waitMs;
  const wanted = fault.atMs + limits.afterMs;
  const hurt = watchers.filter((watcher) => watcher.isInTurn());
  while (performance.now() < deadline && hurt.some((watcher) => watcher.lastTextMs() < wanted)) {
    await sleep(LOOK_EVERY_MS);
  }
}

/** Between `fromMs` and `toMs`, chosen by `random`. */
export const pause = (random: () => number, fromMs: number, toMs: number): Promise<void> =>
  sleep(fromMs + random() * (toMs - fromMs));

export function pick<Item>(items: readonly Item[], random: () => number): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error("There is nothing to choose from.");
  return item;
}
