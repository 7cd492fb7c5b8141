import { readFile, rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

/** `live`: what is still in use after a garbage collection, in V8's heap and in buffers outside of it. */
export type MemoryUse = { liveBytes: number; residentBytes: number };

export type MemoryProbe = {
  /** Collects garbage in the app and reads its memory. */
  read(): Promise<MemoryUse>;
};

const ANSWER_MS = 10_000;

/** Asks the app by a signal; bench/app-probe.mjs answers through `file`. */
export function createMemoryProbe(pid: () => number, file: string): MemoryProbe {
  return {
    async read() {
      await rm(file, { force: true });
      process.kill(pid(), "SIGUSR2");
      const deadline = performance.now() + ANSWER_MS;
      while (performance.now() < deadline) {
        await sleep(50);
        const text = await readFile(file, "utf8").catch(() => null);
        if (text === null) continue;
        const { heapUsed, external, rss } = JSON.parse(text) as NodeJS.MemoryUsage;
        // `external` holds the array buffers too.
        return { liveBytes: heapUsed + external, residentBytes: rss };
      }
      throw new Error("The app did not report its memory.");
    },
  };
}
