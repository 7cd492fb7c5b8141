import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { chromium } from "@playwright/test";
import { note } from "./steps";

const NAMES = [
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
  "chrome",
  "microsoft-edge",
];
const PLACES = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/snap/bin/chromium",
  "/opt/google/chrome/chrome",
];
/** A download that does not get anywhere must not hold up the next way to get a browser. */
const DOWNLOAD_MAX_MS = 180_000;

const works = (file: string): boolean =>
  existsSync(file) && spawnSync(file, ["--version"], { stdio: "ignore", timeout: 30_000 }).status === 0;

/** An installed Chromium or Chrome, or the one that Playwright downloaded; undefined where there is none. */
function installedBrowser(): string | undefined {
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  const inPath = NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  return [chromium.executablePath(), ...inPath, ...PLACES].find(works);
}

function run(command: string, args: string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return spawnSync(command, args, { stdio: "inherit", timeout: DOWNLOAD_MAX_MS, env }).status === 0;
}

function downloadByPlaywright(): boolean {
  const cli = path.join("node_modules", "@playwright", "test", "cli.js");
  return run(process.execPath, [cli, "install", "chromium"]);
}

function installDebianPackage(): boolean {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return false;
  return run("apt-get", ["update", "-q"]) && run("apt-get", ["install", "-y", "-q", "chromium"]);
}

/** Path of a browser for the journeys: one that is installed, else Playwright's download, else Debian's package.
 *  Throws where none can be had. */
export function findBrowser(): string {
  const ways: [string, () => boolean][] = [
    ["No browser found; downloading Playwright's Chromium …", downloadByPlaywright],
    ["Installing Debian's chromium …", installDebianPackage],
  ];
  let found = installedBrowser();
  for (const [remark, way] of ways) {
    if (found) break;
    note(remark);
    way();
    found = installedBrowser();
  }
  if (!found)
    throw new Error("There is no browser for the journeys. Install Chromium or Chrome and run again.");
  return found;
}
