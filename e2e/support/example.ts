import { spawn } from "node:child_process";
import path from "node:path";
import { expect } from "@playwright/test";

/** One of the programs in examples/, running. */
export type Example = {
  /** Everything it has written. */
  said(): string;
  /** Resolves with what it says that matches, from `from` characters on. */
  says(pattern: RegExp, from?: number): Promise<RegExpExecArray>;
  write(text: string): void;
  kill(signal: NodeJS.Signals): void;
  /** Resolves with its exit code; null where a signal ended it. */
  ended: Promise<number | null>;
};

const SAYS_MS = 30_000;

/** Starts `examples/<name>` as its `npm start` does, with nothing of our own settings. */
export function startExample(name: string, env: Record<string, string>): Example {
  const child = spawn(process.execPath, ["--import", "tsx", path.join("src", "main.ts")], {
    cwd: path.join(process.cwd(), "examples", name),
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env } as unknown as NodeJS.ProcessEnv,
    stdio: ["pipe", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said += text));
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  return {
    said: () => said,
    async says(pattern, from = 0) {
      await expect
        .poll(() => said.slice(from), { message: `${name} says ${pattern}`, timeout: SAYS_MS })
        .toMatch(pattern);
      const match = pattern.exec(said.slice(from));
      if (!match) throw new Error(`${name} has taken back what it said`);
      return match;
    },
    write: (text) => void child.stdin.write(text),
    kill: (signal) => void child.kill(signal),
    ended,
  };
}
