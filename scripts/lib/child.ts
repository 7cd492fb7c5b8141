import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream, mkdirSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { type ProcessBook, signalGroup } from "./process-book";

export type ChildOptions = {
  name: string;
  command: string;
  args: string[];
  env: Record<string, string | undefined>;
  /** Folder of `<name>.log`; unset: the output goes where ours goes. */
  logDir?: string;
  cwd?: string;
  book?: ProcessBook;
  onLine?: (line: string) => void;
};

export type Child = {
  name: string;
  pid: number;
  /** Resolves with what ended it, wanted or not. */
  exited: Promise<string>;
  /** Resolves when its log is complete. */
  logged: Promise<void>;
  isAlive(): boolean;
  /** Its last lines of output. */
  lastWords(): string;
  kill(signal: NodeJS.Signals): void;
  /** SIGTERM, then after `graceMs` SIGKILL, the latter to everything it started. */
  stop(graceMs: number): Promise<void>;
};

const LAST_LINES = 15;

/** How much of a log is kept from the run before: nothing. A log tells about one run. */
function keepOutput(
  child: ChildProcess,
  options: ChildOptions,
): { lastWords(): string; logged: Promise<void> } {
  const lines: string[] = [];
  if (!options.logDir) return { lastWords: () => "", logged: Promise.resolve() };
  mkdirSync(options.logDir, { recursive: true });
  const file = createWriteStream(path.join(options.logDir, `${options.name}.log`), { flags: "a" });
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on("line", (line) => {
      file.write(`${line}\n`);
      if (lines.push(line) > LAST_LINES) lines.shift();
      options.onLine?.(line);
    });
  }
  const logged = new Promise<void>((resolve) => {
    child.once("close", () => file.end(resolve));
  });
  return { lastWords: () => lines.join("\n"), logged };
}

/** Starts a child in a process group of its own, so that Ctrl-C in the terminal reaches us alone and we end it in
 *  order. Its standard input is a pipe that closes when we die. */
export function startChild(options: ChildOptions): Child {
  const output = options.logDir ? "pipe" : "inherit";
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: options.env as NodeJS.ProcessEnv,
    detached: true,
    stdio: ["pipe", output, output],
  });
  child.stdin?.on("error", () => {});
  const { lastWords, logged } = keepOutput(child, options);
  let alive = true;
  const exited = new Promise<string>((resolve) => {
    const end = (reason: string) => {
      alive = false;
      // Whatever it started goes with it: a grandchild without its parent is nobody's.
      if (child.pid) signalGroup(child.pid, "SIGKILL");
      options.book?.forget(options.name);
      resolve(reason);
    };
    child.once("exit", (code, signal) => end(signal ? `ended by ${signal}` : `ended with code ${code}`));
    child.once("error", (error) => end(`could not be started: ${error.message}`));
  });
  const pid = child.pid ?? 0;
  if (pid) options.book?.record(options.name, pid);
  return {
    name: options.name,
    pid,
    exited,
    logged,
    isAlive: () => alive,
    lastWords,
    kill: (signal) => void (alive && child.kill(signal)),
    async stop(graceMs) {
      if (!alive) return;
      child.kill("SIGTERM");
      const giveUp = setTimeout(() => signalGroup(pid, "SIGKILL"), graceMs);
      await exited;
      clearTimeout(giveUp);
    },
  };
}

/** Waits until `isReady` answers true. Fails at once when the child ends, and after `deadlineMs` otherwise; both
 *  with the child's last words. */
export async function waitUntil(
  child: Child,
  isReady: () => Promise<boolean>,
  deadlineMs: number,
): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  let reason: string | undefined;
  void child.exited.then((end) => {
    reason = end;
  });
  while (!(await isReady())) {
    if (reason !== undefined) throw new Error(`${child.name} ${reason}\n${child.lastWords()}`);
    if (performance.now() > deadline) {
      throw new Error(`${child.name} was not ready after ${deadlineMs / 1000} s\n${child.lastWords()}`);
    }
    await sleep(50);
  }
}

/** A predicate for `waitUntil`: `url` answers 200. */
export const answersOk = (url: string) => async (): Promise<boolean> => {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
};
