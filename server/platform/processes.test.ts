import { type ChildProcess, spawn } from "node:child_process";
import { afterEach, expect, it, vi } from "vitest";
import { residentBytes, usageOf } from "./processes";

let child: ChildProcess | undefined;
afterEach(() => child?.kill("SIGKILL"));

it.runIf(process.platform === "linux")(
  "memory and children of a process are those of all that it has started, and of that",
  async () => {
    const nested = "require('node:child_process').spawn('sleep', ['60']); setTimeout(() => {}, 60000)";
    child = spawn(process.execPath, ["-e", nested], { stdio: "ignore" });
    const pid = child.pid ?? 0;
    await vi.waitUntil(() => usageOf(pid)?.children === 1, { timeout: 20_000 });
    expect(usageOf(pid)?.memoryBytes).toBeGreaterThan(residentBytes(pid));
    expect(usageOf(process.pid)?.children).toBeGreaterThanOrEqual(2);
  },
);

it("a process that is gone has none", () => {
  expect(usageOf(2 ** 30)).toBeNull();
});
