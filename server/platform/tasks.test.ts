import pino from "pino";
import { describe, expect, it } from "vitest";
import { createTasks } from "./tasks";

function setUp() {
  const lines: { task?: string; level: number }[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) });
  return { tasks: createTasks(log), lines };
}

const untilAborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));

/** Resolves when what was run has begun. */
const started = () => new Promise((resolve) => setImmediate(resolve));

describe("tasks", () => {
  it("are aborted and awaited at the stop", async () => {
    const { tasks } = setUp();
    let ended = 0;
    for (let n = 0; n < 3; n++) {
      tasks.run(`t${n}`, async (signal) => {
        await untilAborted(signal);
        await new Promise((resolve) => setImmediate(resolve));
        ended++;
      });
    }
    await started();
    expect(await tasks.stop(5_000)).toEqual([]);
    expect(ended).toBe(3);
  });

  it("that do not end are named after the grace", async () => {
    const { tasks } = setUp();
    tasks.run("good", untilAborted);
    tasks.run("stuck", () => new Promise(() => {}));
    await started();
    expect(await tasks.stop(10)).toEqual(["stuck"]);
    expect(await tasks.stop(10)).toEqual(["stuck"]);
  });

  it("that fail are logged by name and take nobody with them", async () => {
    const { tasks, lines } = setUp();
    tasks.run("sync", () => {
      throw new Error("x");
    });
    tasks.run("async", async () => {
      throw new Error("x");
    });
    tasks.run("fine", async () => {});
    await new Promise((resolve) => setImmediate(resolve));
    expect(lines.map((line) => [line.task, line.level])).toEqual([
      ["sync", 50],
      ["async", 50],
    ]);
    expect(await tasks.stop(10)).toEqual([]);
  });

  it("are not started any more after the stop", async () => {
    const { tasks } = setUp();
    let ran = 0;
    const count = async () => void ran++;
    tasks.run("just before", count);
    await tasks.stop(10);
    tasks.run("after", count);
    await started();
    expect(ran).toBe(0);
  });

  it("may start others, which are awaited too", async () => {
    const { tasks } = setUp();
    let ended = false;
    tasks.run("outer", async () => {
      tasks.run("inner", async (signal) => {
        await untilAborted(signal);
        ended = true;
      });
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(await tasks.stop(5_000)).toEqual([]);
    expect(ended).toBe(true);
  });
});
