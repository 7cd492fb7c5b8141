import { execFile, execFileSync } from "node:child_process";
import { rm } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

export const CLIENT_DIR = path.join("packages", "client");
/** The contract as the package has it, written by `routerText`. */
export const ROUTER_FILE = path.join(CLIENT_DIR, "src", "generated", "router.ts");

const run = promisify(execFile);

/** `text` in the format of the project. */
export function formatted(projectDir: string, text: string): string {
  const biome = path.join(projectDir, "node_modules", ".bin", "biome");
  const args = ["format", `--stdin-file-path=${ROUTER_FILE}`];
  return execFileSync(biome, args, { cwd: projectDir, input: text, encoding: "utf8" });
}

/** Compiles the package to ESM with types. `outDir`: absolute; unset: where package.json looks for it. What was there is
 *  gone. Throws with the compiler's own words. */
export async function buildClient(
  projectDir: string,
  outDir = path.join(projectDir, CLIENT_DIR, "dist"),
): Promise<void> {
  await rm(outDir, { recursive: true, force: true });
  const tsc = path.join(projectDir, "node_modules", "typescript", "bin", "tsc");
  const config = path.join(projectDir, CLIENT_DIR, "tsconfig.build.json");
  try {
    await run(process.execPath, [tsc, "-p", config, "--outDir", outDir], { cwd: projectDir });
  } catch (error) {
    const { stdout } = error as { stdout?: string };
    throw new Error(`The client package does not compile:\n${stdout ?? ""}`, { cause: error });
  }
}
