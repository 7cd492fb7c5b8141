import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { commandLine } from "@/server/platform/process-identity";

/** Processes need a moment to leave after the one that started them has ended. */
const LEAVE_MS = 3_000;

async function names(pid: string, text: string): Promise<boolean> {
  const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
  return environment.includes(text) || commandLine(Number(pid)).includes(text);
}

/** Living processes that have `text` (a folder, say) in their command line or environment, ourselves left out; waits a
 *  moment for them to go. Empty where the system has no /proc. */
export async function processesThatName(text: string): Promise<string[]> {
  const deadline = performance.now() + LEAVE_MS;
  for (;;) {
    const pids = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
    const others = pids.filter((pid) => Number(pid) !== process.pid);
    const matching = await Promise.all(
      others.map(async (pid) => ((await names(pid, text)) ? pid : undefined)),
    );
    const left = matching.filter((pid) => pid !== undefined);
    if (left.length === 0 || performance.now() > deadline) {
      return left.map((pid) => `${pid} ${commandLine(Number(pid)).slice(0, 200)}`);
    }
    await sleep(100);
  }
}
