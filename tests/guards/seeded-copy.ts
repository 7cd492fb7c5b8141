import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

const LEFT_OUT = new Set(["node_modules", ".git", ".next", ".data", "test-results", "tsconfig.tsbuildinfo"]);

export type SeededCopy = { dir: string; [Symbol.asyncDispose](): Promise<void> };

/** A copy of the project's sources with `seeds` (path → content) added, in a temporary folder. */
export async function seededCopy(seeds: Record<string, string>): Promise<SeededCopy> {
  const root = process.cwd();
  const dir = await mkdtemp(path.join(tmpdir(), "flightdeck-guard-"));
  await cp(root, dir, { recursive: true, filter: (source) => !LEFT_OUT.has(path.basename(source)) });
  await symlink(path.join(root, "node_modules"), path.join(dir, "node_modules"));
  for (const [name, content] of Object.entries(seeds)) {
    await mkdir(path.dirname(path.join(dir, name)), { recursive: true });
    await writeFile(path.join(dir, name), content);
  }
  return { dir, [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }) };
}
