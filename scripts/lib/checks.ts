import { spawn } from "node:child_process";
import path from "node:path";

/** One tool over the working copy. `args` start with a tool's name in node_modules/.bin, or with a script. */
export type Check = { name: string; command: string[]; after?: (output: string) => string | undefined };
export type CheckResult = { name: string; ok: boolean; output: string; ms: number };

/** A cruise that saw fewer modules than this looked at the wrong place, and would find nothing wrong anywhere. */
const MODULES_MIN = 150;

function enoughModules(output: string): string | undefined {
  const seen = Number(/(\d+) modules/.exec(output)?.[1] ?? 0);
  return seen < MODULES_MIN
    ? `Only ${seen} modules were looked at; at least ${MODULES_MIN} are there.`
    : undefined;
}

export const CHECKS: Check[] = [
  {
    name: "Format and lint (biome)",
    command: ["biome", "check", "--error-on-warnings", "--max-diagnostics=none", "."],
  },
  { name: "Types of routes (next typegen)", command: ["next", "typegen"] },
  { name: "Types (tsc)", command: ["tsc", "--noEmit"] },
  { name: "Promises and room rules (oxlint)", command: ["oxlint", "--type-aware", "--deny-warnings"] },
  {
    name: "Import direction (dependency-cruiser)",
    command: ["depcruise", "--config", ".dependency-cruiser.cjs", "."],
    after: enoughModules,
  },
  { name: "Dead code (knip)", command: ["knip", "--no-progress", "--treat-config-hints-as-errors"] },
  {
    name: "Settings in README and .env.example",
    command: ["node", path.join("scripts", "run.mjs"), "settings-doc", "--check"],
  },
  {
    name: "Who may call what (docs/access.md)",
    command: ["node", path.join("scripts", "run.mjs"), "access-doc", "--check"],
  },
  {
    name: "What programs call (packages/client)",
    command: ["node", path.join("scripts", "run.mjs"), "client", "--check"],
  },
];

/** Runs one check in `projectDir` with the tools installed there. Never rejects. */
export async function runCheck(check: Check, projectDir: string): Promise<CheckResult> {
  const started = performance.now();
  const [tool = "", ...args] = check.command;
  const file = tool === "node" ? process.execPath : path.join(projectDir, "node_modules", ".bin", tool);
  const child = spawn(file, args, {
    cwd: projectDir,
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined, NEXT_TELEMETRY_DISABLED: "1" },
    stdio: ["ignore", "pipe", "pipe"],
    shell: process.platform === "win32",
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  const code = await new Promise<number | null>((resolve) => {
    child.once("error", (error) => {
      output += error.message;
      resolve(1);
    });
    child.once("close", resolve);
  });
  const complaint = code === 0 ? check.after?.(output) : undefined;
  const ok = code === 0 && complaint === undefined;
  return { name: check.name, ok, output: complaint ?? output.trim(), ms: performance.now() - started };
}
