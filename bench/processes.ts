import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { descendantsOf, processStat } from "@/server/platform/processes";

const TICKS_PER_SECOND = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

const sum = (fields: string[], from: number, to: number): number =>
  fields.slice(from, to).reduce((total, field) => total + Number(field), 0);

/** CPU seconds, user and system, that a process has used since its start; children that have ended included. */
export const cpuSeconds = (pid: number): number => sum(processStat(pid), 11, 15) / TICKS_PER_SECOND;

/** The same with the living children: Postgres works in one process a connection. */
export function familyCpuSeconds(pid: number): number {
  return [pid, ...descendantsOf(pid)].reduce((total, member) => {
    try {
      return total + cpuSeconds(member);
    } catch {
      return total;
    }
  }, 0);
}

/** A reading of how much of the machine's time was work, of all its cores and all its processes. */
export type MachineTime = { busy: number; all: number };

export function machineTime(): MachineTime {
  const fields = readFileSync("/proc/stat", "utf8").split("\n", 1)[0]?.trim().split(/\s+/).slice(1) ?? [];
  // user nice system idle iowait irq softirq steal; guest times are in the first two already.
  const all = sum(fields, 0, 8);
  return { all, busy: all - sum(fields, 3, 5) };
}

/** The share of the machine's time that was work between two readings. */
export const busyShare = (before: MachineTime, after: MachineTime): number =>
  (after.busy - before.busy) / (after.all - before.all);

/** How many processes wanted a core during the last minute. */
export const loadAverage = (): number => Number(readFileSync("/proc/loadavg", "utf8").split(" ")[0]);

/** Keeps a process, with all its threads, on one core until `release`. `pinned` is false where the machine has no
 *  `taskset`; then nothing was changed. */
export function pinToOneCore(pid: number): { pinned: boolean; release(): void } {
  const allowed = /Cpus_allowed_list:\s*(\S+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "";
  const allow = (cores: string): boolean => {
    try {
      execFileSync("taskset", ["--all-tasks", "--cpu-list", "--pid", cores, String(pid)], {
        stdio: "ignore",
      });
      return true;
    } catch {
      return false;
    }
  };
  const [first = "0"] = allowed.split(/[-,]/);
  const pinned = allow(first);
  return { pinned, release: () => void (pinned && allow(allowed)) };
}
