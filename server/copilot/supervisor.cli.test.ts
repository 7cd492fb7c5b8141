import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pino from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "@/server/platform/clock";
import { identify } from "@/server/platform/process-identity";
import { createSupervisor } from "./supervisor";

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), "flightdeck-supervisor-"));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const supervise = () =>
  createSupervisor({
    dataDir,
    githubUrl: "https://github.com",
    demo: false,
    env: process.env,
    log: pino({ level: "silent" }),
    clock: systemClock,
  });

const pidOnDisk = async (): Promise<number> => {
  const known = await readFile(path.join(dataDir, "server.json"), "utf8").catch(() => "{}");
  return (JSON.parse(known || "{}") as { pid?: number }).pid ?? 0;
};

describe("a supervised CLI server", () => {
  it("is stopped with its supervisor, and leaves no process", async () => {
    const stop = new AbortController();
    const supervisor = supervise();
    const running = supervisor.run(stop.signal);
    await supervisor.endpoint(stop.signal);
    const pid = supervisor.pid() ?? 0;
    expect(identify(pid)).toBeDefined();
    stop.abort();
    await running;
    expect(identify(pid)).toBeUndefined();
    expect(await readdir(dataDir)).not.toContain("server.json");
  });

  it("that is still starting is stopped too: its supervisor does not wait for it to be ready", async () => {
    const stop = new AbortController();
    const supervisor = supervise();
    const running = supervisor.run(stop.signal);
    let pid = 0;
    while (pid === 0) {
      await systemClock.sleep(5);
      pid = await pidOnDisk();
    }
    expect(supervisor.pid()).toBeNull();
    stop.abort();
    await running;
    expect(identify(pid)).toBeUndefined();
  });
});
