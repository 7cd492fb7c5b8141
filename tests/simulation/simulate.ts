import type { Outcome } from "@/tests/chaos/runner";
import { exactly } from "@/tests/chaos/scenario";
import { findBroken } from "./checks";
import { liveThrough, type World, type WorldOptions } from "./world";

export type Broken = ReturnType<typeof findBroken>[number];

/** A seed in whose world an invariant was broken. */
export type BrokenSeed = { seed: number; violations: Broken[]; faults: string[] };

export const SIMULATION = {
  name: "simulation",
  fault: "State machine with virtual clock and seeded scheduler; so many seeds, each with up to 6 faults",
  seeds: { full: 20_000, short: 1_000 },
} as const;

/** Every so many seeds, a rejection that nobody handles is seen in the step in which it happens. */
const STRICT_EVERY = 20;

type Options = Omit<WorldOptions, "isStrict">;

/** Lives through one seed and looks for broken invariants, among them rejections that nobody handled. */
export async function simulate(options: Options): Promise<{ world: World; broken: Broken[] }> {
  const unheard: Broken[] = [];
  // Nobody else hears them meanwhile: each is a broken invariant, and no reason to end.
  const others = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", (error) => {
    unheard.push({ check: "unheard", sessionId: "", detail: `nobody handled ${String(error)}` });
  });
  try {
    const world = await liveThrough({ ...options, isStrict: options.seed % STRICT_EVERY === 0 });
    // Node tells of rejections when nothing else is left to do.
    await new Promise((resolve) => setImmediate(resolve));
    return { world, broken: [...findBroken(world.found), ...unheard] };
  } finally {
    process.removeAllListeners("unhandledRejection");
    for (const other of others) process.on("unhandledRejection", other);
  }
}

type SeedsOptions = { from: number; seeds: number; progress(done: number): void };

/** Lives through `seeds` seeds one after the other. */
export async function simulateSeeds({ from, seeds, progress }: SeedsOptions) {
  const startedAt = performance.now();
  const brokenSeeds: BrokenSeed[] = [];
  const seen = { prompts: 0, events: 0, calls: 0 };
  for (let seed = from; seed < from + seeds; seed++) {
    const { world, broken } = await simulate({ seed });
    const { history, calls } = world.found;
    seen.prompts += new Set(history.sends.map(({ prompt }) => prompt)).size;
    seen.events += history.received.length;
    seen.calls += calls.length;
    if (broken.length > 0) {
      brokenSeeds.push({
        seed,
        violations: broken,
        faults: history.faults.map(({ name, target }) => `${name} (${target})`),
      });
    }
    progress(seed - from + 1);
  }
  const outcome: Outcome = {
    ...{ scenario: SIMULATION, faults: seeds, seen },
    figures: [exactly("seeds in which something broke", brokenSeeds.length, 0)],
    violations: brokenSeeds.flatMap(({ violations }) => violations),
    tookMs: performance.now() - startedAt,
  };
  return { outcome, brokenSeeds };
}

/** How one seed went, line by line: what happened, what was stored, what broke. The end tells how to see it again. */
export async function retell(seed: number): Promise<{ text: string; isBroken: boolean }> {
  const { world, broken } = await simulate({ seed, isTraced: true });
  const logs = world.found.logs.flatMap(({ sessionId, events }) => [
    `The log of session ${sessionId}:`,
    ...events.map(
      ({ seq, turnId = "", type, data }) => `  ${seq} ${turnId.slice(0, 8)} ${type} ${JSON.stringify(data)}`,
    ),
  ]);
  const lines = [
    `Seed ${seed}: milliseconds, number of the step, what happened`,
    ...world.trace,
    ...logs,
    ...broken.map(({ check, sessionId, detail }) => `BROKEN ${check}: ${detail} (session ${sessionId})`),
    `Again: npm run chaos -- --only ${SIMULATION.name} --seed ${seed}`,
  ];
  return { text: lines.join("\n"), isBroken: broken.length > 0 };
}
