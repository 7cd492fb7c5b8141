import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  commandLine,
  identify,
  isSameProcess,
  type ProcessIdentity,
} from "@/server/platform/process-identity";

/** How long a leftover may take to end by itself after SIGTERM. */
const LEFTOVER_GRACE_MS = 5_000;

type Entry = ProcessIdentity & { name: string; project: string };

/** Keeps a file for each living process of a run, so that whatever a killed run left behind is found and ended. */
export type ProcessBook = {
  record(name: string, pid: number): void;
  forget(name: string): void;
  /** Ends the watchdog and the book. */
  close(): void;
};

const entryFiles = (dir: string): string[] => {
  try {
    return readdirSync(dir).filter((name) => name.endsWith(".json"));
  } catch {
    return [];
  }
};

function readEntry(file: string): Entry | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Entry;
  } catch {
    return undefined;
  }
}

/** Pids of the process group `group` other than its leader, where the system can tell. */
function membersOf(group: number): number[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name) || Number(name) === group) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      const [state, , pgrp] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return state !== "Z" && Number(pgrp) === group ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

/** Sends `signal` to the process group that `leader` began; quietly, where it is gone. */
export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(process.platform === "win32" ? leader : -leader, signal);
  } catch {
    // Nobody left.
  }
}

/** Ends what the entry stands for and its children. Touches only what is proven to be ours: the very process
 *  that was recorded (pid and start time), or a member of its group that runs from this project's folder. */
async function endEntry(entry: Entry): Promise<boolean> {
  let found = false;
  if (isSameProcess(entry)) {
    found = true;
    process.kill(entry.pid, entry.name === "postgres" ? "SIGINT" : "SIGTERM");
    const deadline = performance.now() + LEFTOVER_GRACE_MS;
    while (isSameProcess(entry) && performance.now() < deadline) await sleep(50);
    if (isSameProcess(entry)) signalGroup(entry.pid, "SIGKILL");
  }
  if (identify(entry.pid)) return found;
  for (const pid of membersOf(entry.pid)) {
    if (!commandLine(pid).includes(entry.project)) continue;
    found = true;
    process.kill(pid, "SIGKILL");
  }
  return found;
}

/** Ends every process that is still in the book at `dir`. Returns the names of those that were found alive. */
export async function endLeftovers(dir: string): Promise<string[]> {
  const found = await Promise.all(
    entryFiles(dir).map(async (name) => {
      const file = path.join(dir, name);
      const entry = readEntry(file);
      const alive = entry !== undefined && (await endEntry(entry));
      rmSync(file, { force: true });
      return alive ? [entry.name] : [];
    }),
  );
  return found.flat();
}

// A watchdog that waits for the end of our pipe, which the system closes however we die, and then clears up.
function watchdog(dir: string) {
  if (process.platform === "win32") return undefined;
  const clearUp = ["--import", "tsx", path.join("scripts", "lib", "clear-up.ts"), dir];
  const script = 'read -r _; exec "$@"';
  const child = spawn("/bin/sh", ["-c", script, "flightdeck-watchdog", process.execPath, ...clearUp], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  child.unref();
  (child.stdin as unknown as { unref?(): void } | null)?.unref?.();
  return child;
}

/** Opens the book at `dir`. Processes that are in it already belong to a run that was killed: call
 *  `endLeftovers` first. */
export function openProcessBook(dir: string): ProcessBook {
  mkdirSync(dir, { recursive: true });
  const fileOf = (name: string) => path.join(dir, `${name}.json`);
  const dog = watchdog(dir);
  return {
    record(name, pid) {
      const identity = identify(pid);
      if (!identity) return;
      const entry: Entry = { ...identity, name, project: process.cwd() };
      writeFileSync(fileOf(name), JSON.stringify(entry));
    },
    forget: (name) => rmSync(fileOf(name), { force: true }),
    close() {
      dog?.kill("SIGKILL");
    },
  };
}
