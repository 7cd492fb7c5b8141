// Run after a change of procedures: `node scripts/run.mjs access-doc`. Writes docs/access.md: every procedure, and who may
// call it. With --check it writes nothing and fails where the page differs, or where a procedure does not say who.
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { ROLES } from "@/lib/contracts/roles";
import { PROCEDURES } from "@/server/trpc/root";
import { accessTable, undeclared } from "./lib/access";

const PAGE = path.join("docs", "access.md");

const silent = undeclared(PROCEDURES);
if (silent.length > 0) {
  console.error(`These procedures do not declare who may call them: ${silent.join(", ")}.`);
  process.exit(1);
}
const text = accessTable(PROCEDURES, ROLES);
if (!process.argv.includes("--check")) await writeFile(PAGE, text);
else if ((await readFile(PAGE, "utf8").catch(() => "")) !== text) {
  console.error(`${PAGE} is not up to date: node scripts/run.mjs access-doc`);
  process.exitCode = 1;
}
