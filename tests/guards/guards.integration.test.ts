import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { stripVTControlCharacters } from "node:util";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { CHECKS, type CheckResult, runCheck } from "@/scripts/lib/checks";
import { IMPORT_SEEDS, importSeedFiles } from "./import-seeds";
import { seededCopy } from "./seeded-copy";

/** The tools look at the whole project; on a busy machine that takes a while. */
const TOOL_MS = 240_000;
vi.setConfig({ testTimeout: TOOL_MS, hookTimeout: TOOL_MS });

async function check(tool: string, dir: string): Promise<CheckResult> {
  const found = CHECKS.find(({ command }) => command[0] === tool);
  if (!found) throw new Error(`npm run check does not run ${tool}`);
  return runCheck(found, dir);
}

/** What `tool` says about a copy of the project with `seeds` in it. */
async function verdict(tool: string, seeds: Record<string, string>): Promise<CheckResult> {
  await using copy = await seededCopy(seeds);
  // Awaited here: the copy lives until the tool has ended. Some tools colour their words where CI is set.
  const result = await check(tool, copy.dir);
  return { ...result, output: stripVTControlCharacters(result.output) };
}

describe("npm run check reports", () => {
  test("bad format, `any`, and a room that reads the clock itself", async () => {
    const { ok, output } = await verdict("biome", {
      "lib/seeded-format.ts": "export   const seeded = { a:1 }\n",
      "lib/seeded-any.ts": "export const seeded = (value: any): string => value.name;\n",
      "server/domain/turns/seeded-date.ts": "export const seeded = () => new Date();\n",
    });
    expect(ok).toBe(false);
    expect(output).toMatch(/lib\/seeded-format\.ts format/);
    expect(output).toMatch(/lib\/seeded-any\.ts\S* lint\/suspicious\/noExplicitAny/);
    expect(output).toMatch(/Rooms take the time from the clock they are given/);
  });

  test("a wrong type", async () => {
    const { ok, output } = await verdict("tsc", {
      "lib/seeded-type.ts": 'export const seeded: number = "one";\n',
    });
    expect(ok).toBe(false);
    expect(output).toMatch(/lib\/seeded-type\.ts\(1,14\): error TS2322/);
  });

  test("a floating promise, and time, ids and settings that do not come in through the door", async () => {
    const { ok, output } = await verdict("oxlint", {
      "server/github/seeded-promise.ts":
        'import { rm } from "node:fs/promises";\nexport function seeded(): void {\n  rm("/tmp/x");\n}\n',
      "server/github/seeded-env.ts": "export const seeded = process.env.HOME;\n",
      "server/domain/turns/seeded-now.ts": "export const seeded = () => Date.now();\n",
      "server/domain/turns/seeded-timer.ts": "export const seeded = () => setTimeout(() => {}, 1);\n",
      "server/domain/turns/seeded-id.ts": 'export { randomUUID } from "node:crypto";\n',
    });
    expect(ok).toBe(false);
    for (const [rule, file] of [
      ["no-floating-promises", "server/github/seeded-promise.ts"],
      ["no-process-env", "server/github/seeded-env.ts"],
      ["no-restricted-properties", "server/domain/turns/seeded-now.ts"],
      ["no-restricted-globals", "server/domain/turns/seeded-timer.ts"],
      ["no-restricted-imports", "server/domain/turns/seeded-id.ts"],
    ]) {
      expect(output).toMatch(new RegExp(`\\(${rule}\\)[^\\[]*\\[${file}:`));
    }
  });

  test("an unused file and an unused export", async () => {
    await using copy = await seededCopy({
      "server/platform/seeded-unused.ts": "export const seeded = 1;\n",
      "lib/errors/seeded-export.ts": "export const seededUsed = 1;\nexport const seededUnused = 2;\n",
      "server/platform/seeded.test.ts":
        'import { seededUsed } from "@/lib/errors/seeded-export";\nvoid seededUsed;\n',
    });
    const { ok, output } = await check("knip", copy.dir);
    expect(ok).toBe(false);
    expect(output).toMatch(/^server\/platform\/seeded-unused\.ts/m);
    expect(output).toMatch(/^seededUnused\s.*lib\/errors\/seeded-export\.ts/m);
  });
});

describe("the import rules", () => {
  let verdictOnAll: CheckResult;
  beforeAll(async () => {
    verdictOnAll = await verdict("depcruise", importSeedFiles(existsSync));
  });

  test("fail the check", () => expect(verdictOnAll.ok).toBe(false));

  test.each(IMPORT_SEEDS)("report $rule", ({ rule, from }) => {
    expect(verdictOnAll.output).toContain(`error ${rule}: ${from} `);
  });

  test("have a seed each", async () => {
    const config = await readFile(".dependency-cruiser.cjs", "utf8");
    const seeded = new Set(IMPORT_SEEDS.map(({ rule }) => rule));
    const named = [...config.matchAll(/rule\(\s*\{\s*name: "([\w-]+)"/g)].map(([, name]) => name ?? "");
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => !seeded.has(name))).toEqual([]);
  });

  test("do not pass because nothing was looked at", () => {
    const cruise = CHECKS.find(({ command }) => command[0] === "depcruise");
    expect(cruise?.after?.("no dependency violations found (0 modules, 0 dependencies cruised)")).toMatch(
      /Only 0/,
    );
    expect(
      cruise?.after?.("no dependency violations found (900 modules, 9 dependencies cruised)"),
    ).toBeUndefined();
  });
});
