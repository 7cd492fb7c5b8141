import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";

/** What a build is made from. */
const SOURCES = [
  ...["app", "pages", "components", "client", "lib", "server", "prisma", "public"],
  ...["instrumentation.ts", "instrumentation-client.ts", "proxy.ts", "next.config.mjs", "postcss.config.mjs"],
  ...["tsconfig.json", "package-lock.json"],
];
const NOT_BUILT = /\.test\.tsx?$/;

async function filesBelow(target: string): Promise<string[]> {
  if (!existsSync(target)) return [];
  const entries = await readdir(target, { withFileTypes: true, recursive: true }).catch(() => undefined);
  if (!entries) return [target];
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

/** One hash over everything that goes into a build. */
export async function hashSources(projectDir: string): Promise<string> {
  const files = (await Promise.all(SOURCES.map((name) => filesBelow(path.join(projectDir, name))))).flat();
  const hash = createHash("sha256").update(process.version);
  for (const file of files.filter((name) => !NOT_BUILT.test(name)).sort()) {
    hash
      .update(path.relative(projectDir, file))
      .update("\0")
      .update(await readFile(file))
      .update("\0");
  }
  return hash.digest("hex");
}

async function runNextBuild(projectDir: string, logFile: string): Promise<void> {
  await mkdir(path.dirname(logFile), { recursive: true });
  const log = await open(logFile, "w");
  const next = path.join(projectDir, "node_modules", "next", "dist", "bin", "next");
  const child = spawn(process.execPath, [next, "build"], {
    cwd: projectDir,
    env: { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
    stdio: ["ignore", log.fd, log.fd],
  });
  const endWithUs = () => void child.kill("SIGTERM");
  process.once("exit", endWithUs);
  const code = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", resolve);
  });
  process.off("exit", endWithUs);
  await log.close();
  if (code !== 0) throw new Error(`The build failed:\n${await readFile(logFile, "utf8")}`);
}

/** Builds the app where its sources changed since the last build; answers whether it had to. Afterwards
 *  `.next/standalone/server.js` is complete: Next leaves out the static files, which a CDN could serve. */
export async function buildApp(projectDir: string): Promise<{ built: boolean }> {
  const nextDir = path.join(projectDir, ".next");
  const stamp = path.join(nextDir, "flightdeck-build");
  const standalone = path.join(nextDir, "standalone");
  const hash = await hashSources(projectDir);
  const last = await readFile(stamp, "utf8").catch(() => "");
  if (last === hash && existsSync(path.join(standalone, "server.js"))) return { built: false };
  await rm(stamp, { force: true });
  await rm(standalone, { recursive: true, force: true });
  await runNextBuild(projectDir, path.join(projectDir, ".data", "logs", "build.log"));
  await cp(path.join(nextDir, "static"), path.join(standalone, ".next", "static"), { recursive: true });
  if (existsSync(path.join(projectDir, "public"))) {
    await cp(path.join(projectDir, "public"), path.join(standalone, "public"), { recursive: true });
  }
  // Next copies the .env of the moment into the build. Settings come at start, and secrets belong in no build.
  for (const name of await readdir(standalone)) {
    if (name.startsWith(".env")) await rm(path.join(standalone, name));
  }
  await writeFile(stamp, hash);
  return { built: true };
}
