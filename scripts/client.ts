// Run after a change of procedures: `npm run client:build`. Writes packages/client/src/generated/router.ts, the contract
// that programs get, and builds the package into packages/client/dist. With --check it writes and builds nothing and
// fails where the file differs from the router.
import { readFile, writeFile } from "node:fs/promises";
import { PROCEDURES } from "@/server/trpc/root";
import { buildClient, formatted, ROUTER_FILE } from "./lib/client-package/build";
import { routerText } from "./lib/client-package/router-text";
import { step } from "./lib/steps";

const root = process.cwd();
const text = formatted(root, routerText(root, PROCEDURES));
const isCurrent = (await readFile(ROUTER_FILE, "utf8").catch(() => "")) === text;
if (!process.argv.includes("--check")) {
  if (!isCurrent) await writeFile(ROUTER_FILE, text);
  await step("Building the client package", () => buildClient(root));
} else if (!isCurrent) {
  console.error(`${ROUTER_FILE} is not up to date: npm run client:build`);
  process.exitCode = 1;
}
