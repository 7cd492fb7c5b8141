// Run before a commit: `npm run check`. Format, lint, types, import direction, dead code and the settings table; all
// of them, also after one failed. Exit code 1 where any did.
import { CHECKS, runCheck } from "./lib/checks";
import { paint, seconds } from "./lib/steps";

let failed = 0;
for (const check of CHECKS) {
  const { name, ok, output, ms } = await runCheck(check, process.cwd());
  console.log(
    `  ${ok ? paint("green", "✓") : paint("red", "✗")} ${name} ${paint("dim", `(${seconds(ms)})`)}`,
  );
  if (ok) continue;
  failed++;
  console.log(`\n${output}\n`);
}
console.log(`${CHECKS.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
