import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { Prisma } from "@/server/db/client";
import type { Sabotage } from "./core/sabotage";
import { recognise } from "./database/statements";
import { simulate, simulateSeeds } from "./simulate";

const SEEDS = 200;
/** So many seeds at most show what a sabotage breaks. */
const CONTROL_SEEDS = 200;
/** A turn that never ends is not waited for any longer, in virtual time. */
const CONTROL_MAX_MS = 60_000;
const TIMEOUT_MS = 60_000;

const hashOf = (value: unknown) => createHash("sha256").update(JSON.stringify(value)).digest("hex");

/** Each way to break the world, and the check that has to see it. */
const CONTROLS: [Sabotage, string][] = [
  ["skip the fence", "fence"],
  ["lose an insert", "acknowledged"],
  ["forget the keys", "one-id"],
  ["leave a turn running", "settled"],
  ["end a row otherwise", "rows"],
  ["rewrite an event", "same"],
  ["spoil a text", "text"],
  ["take a prompt twice", "asked-once"],
  ["forget nothing", "journal"],
  ["swap a token", "identity"],
  ["drop an event", "complete"],
  ["repeat an event", "order"],
  ["refuse a prompt", "served"],
  ["fail without a word", "reasons"],
  ["reject unheard", "unheard"],
];

describe("the simulation", () => {
  it(`finds nothing broken in ${SEEDS} seeds`, { timeout: TIMEOUT_MS }, async () => {
    const { brokenSeeds, outcome } = await simulateSeeds({ from: 1, seeds: SEEDS, progress: () => {} });
    expect(brokenSeeds).toEqual([]);
    expect(outcome.seen.prompts).toBeGreaterThan(2 * SEEDS);
  });

  it.each([1, 20, 1234])("does the same again with the same seed, byte for byte: %i", async (seed) => {
    const [once, again] = [
      (await simulate({ seed, isTraced: true })).world,
      (await simulate({ seed, isTraced: true })).world,
    ];
    expect(once.trace.length).toBeGreaterThan(30);
    expect(hashOf(again)).toBe(hashOf(once));
  });

  it("does not depend on whether it is told", async () => {
    const told = (await simulate({ seed: 7, isTraced: true })).world;
    const untold = (await simulate({ seed: 7 })).world;
    expect(hashOf(untold.found)).toBe(hashOf(told.found));
  });

  it("knows only the statements of the turns room", () => {
    expect(() => recognise(Prisma.sql`UPDATE "Turn" SET "prompt" = ${"x"}`)).toThrow("does not know");
  });
});

describe("a check of the simulation", () => {
  it.each(CONTROLS)("sees it where we %s: %s", { timeout: TIMEOUT_MS }, async (sabotage, check) => {
    const seen = new Set<string>();
    for (let seed = 1; seed <= CONTROL_SEEDS && !seen.has(check); seed++) {
      const { broken } = await simulate({ seed, sabotage, maxMs: CONTROL_MAX_MS });
      for (const each of broken) seen.add(each.check);
    }
    expect([...seen]).toContain(check);
  });
});
