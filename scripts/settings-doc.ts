// Run after a change of the settings in server/platform/env.ts or of their help: `node scripts/run.mjs settings-doc`. Writes the table
// between the markers in README.md, and .env.example. With --check it writes nothing and fails where they differ.
import { readFile, writeFile } from "node:fs/promises";
import { SETTING_HELP } from "@/server/platform/settings-help";

const START = "<!-- settings:start -->";
const END = "<!-- settings:end -->";
const LINE_MAX = 110;

const settings = Object.entries(SETTING_HELP);
/** Without these `npm start` does not start. */
const REQUIRED = ["GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET"];

const cell = (text: string) => text.replaceAll("|", "\\|");

function table(): string {
  const rows = settings.map(([name, { purpose, where }]) => {
    const shown = REQUIRED.includes(name) ? `**\`${name}\`**` : `\`${name}\``;
    return `| ${shown} | ${cell(purpose)} | ${cell(where)} |`;
  });
  return ["| Setting | What it is for | Value |", "|---|---|---|", ...rows].join("\n");
}

function wrap(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && `${last} ${word}`.length <= LINE_MAX)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`# ${word}`);
  }
  return lines;
}

function envExample(): string {
  const head = wrap(
    "Settings of Flightdeck. Copy this file to .env and fill in the two that have no default; the environment wins over the file.",
  );
  // FLIGHTDECK_DEMO is for `npm run demo` alone.
  const shown = settings.filter(([name]) => name !== "FLIGHTDECK_DEMO");
  const rank = ([name]: [string, unknown]) => (REQUIRED.includes(name) ? 0 : 1);
  const blocks = shown
    .sort((a, b) => rank(a) - rank(b))
    .map(([name, { purpose, where }]) =>
      [...wrap(`${purpose} ${where}`), REQUIRED.includes(name) ? `${name}=` : `# ${name}=`].join("\n"),
    );
  return `${[head.join("\n"), ...blocks].join("\n\n")}\n`;
}

/** `readme` with the table of now; undefined where it has no markers for it. */
function readmeWith(readme: string): string | undefined {
  const start = readme.indexOf(START);
  const end = readme.indexOf(END);
  if (start < 0 || end < start) return undefined;
  return `${readme.slice(0, start + START.length)}\n${table()}\n${readme.slice(end)}`;
}

const readOrEmpty = (file: string) => readFile(file, "utf8").catch(() => "");
const checkOnly = process.argv.includes("--check");
const problems: string[] = [];

async function bring(file: string, wanted: string | undefined): Promise<void> {
  if (wanted === undefined) problems.push(`${file} has no place for the table: ${START} … ${END}`);
  else if (wanted === (await readOrEmpty(file))) return;
  else if (checkOnly)
    problems.push(`${file} differs from the settings. Run: node scripts/run.mjs settings-doc`);
  else await writeFile(file, wanted);
}

await bring(".env.example", envExample());
await bring("README.md", readmeWith(await readOrEmpty("README.md")));
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
