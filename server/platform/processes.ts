import { readdirSync, readFileSync } from "node:fs";

/** What a process takes of its machine. */
export type ProcessUsage = { memoryBytes: number; children: number };

/** The fields of /proc/PID/stat behind the command's name, which may itself hold spaces and brackets. Throws where there
 *  is no such process, or no /proc (other systems than Linux). */
export function processStat(pid: number | string): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/** Resident memory of a process in bytes. Throws as `processStat` does. */
export function residentBytes(pid: number): number {
  const kib = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kib ?? Number.NaN) * 1024;
}

// A process may end between two looks at it.
function unlessGone<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

/** The living children of a process, and theirs. */
export function descendantsOf(pid: number): number[] {
  const childrenOf = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const parent = Number(unlessGone(() => processStat(name))?.[1]);
    childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), Number(name)]);
  }
  const found: number[] = [];
  for (let next = childrenOf.get(pid) ?? []; next.length > 0; ) {
    found.push(...next);
    next = next.flatMap((child) => childrenOf.get(child) ?? []);
  }
  return found;
}

/** What a process takes together with all that it has started; null where that cannot be told: it is gone, or the system
 *  is not Linux. */
export function usageOf(pid: number): ProcessUsage | null {
  return unlessGone(() => {
    const children = descendantsOf(pid);
    const theirs = children.map((child) => unlessGone(() => residentBytes(child)) || 0);
    return {
      memoryBytes: theirs.reduce((total, bytes) => total + bytes, residentBytes(pid)),
      children: children.length,
    };
  });
}
