import { fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";

/** What a child of the bench can be asked. Input and answer cross a process border: plain values and typed arrays. */
export type Commands = Record<string, (input: never) => Promise<unknown>>;

type Question = { command: string; input: unknown };
type Answer = { value: unknown } | { error: string };

/** A running child; `ask` one thing at a time. */
export type BenchChild<C extends Commands> = {
  pid: number;
  ask<Name extends keyof C & string>(command: Name, ...input: Parameters<C[Name]>): ReturnType<C[Name]>;
  stop(): Promise<void>;
};

/** In the child: answers its parent, and ends with it. */
export function answerParent(commands: Commands): void {
  const reply = (answer: Answer) => process.send?.(answer);
  process.on("message", ({ command, input }: Question) => {
    const asked = commands[command]?.(input as never) ?? Promise.reject(new Error(`no command ${command}`));
    asked.then(
      (value) => reply({ value }),
      (error: unknown) => reply({ error: String(error) }),
    );
  });
  process.once("disconnect", () => process.exit());
}

/** Starts bench/load/`name`.ts in a process of its own. */
export function startBenchChild<C extends Commands>(name: string): BenchChild<C> {
  const child = fork(path.resolve("bench", "load", `${name}.ts`), [], {
    execArgv: ["--import", "tsx"],
    serialization: "advanced",
  });
  const exited = once(child, "exit");
  async function ask(command: string, input: unknown): Promise<unknown> {
    const answered = once(child, "message") as Promise<[Answer]>;
    child.send({ command, input } satisfies Question);
    const ended = exited.then(() => Promise.reject(new Error(`${name} ended`)));
    const [answer] = await Promise.race([answered, ended]);
    if ("error" in answer) throw new Error(`${name}: ${answer.error}`);
    return answer.value;
  }
  return {
    pid: child.pid ?? 0,
    ask: (command, ...[input]) => ask(command, input) as ReturnType<C[typeof command]>,
    async stop() {
      child.disconnect();
      await exited;
    },
  };
}
