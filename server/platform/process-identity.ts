import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Which process a pid stands for. Pids are reused; the moment of its start tells two of them apart. */
export type ProcessIdentity = { pid: number; started: string };

const ps = (pid: number, column: string): string | undefined => {
  try {
    return (
      execFileSync("ps", ["-o", `${column}=`, "-p", String(pid)], { encoding: "utf8" }).trim() || undefined
    );
  } catch {
    return undefined;
  }
};

// The command's name (field 2) may hold spaces and brackets; what follows the last bracket is fields 3 and up.
const statFields = (pid: number): string[] => {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
};

/** The identity of the living process `pid`; undefined where there is none (a zombie counts as none). */
export function identify(pid: number): ProcessIdentity | undefined {
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  if (process.platform !== "linux") {
    const started = ps(pid, "lstart");
    return started ? { pid, started } : undefined;
  }
  try {
    const fields = statFields(pid);
    const started = fields[19];
    return fields[0] === "Z" || started === undefined ? undefined : { pid, started };
  } catch {
    return undefined;
  }
}

/** True while exactly this process lives. */
export const isSameProcess = (known: ProcessIdentity): boolean =>
  identify(known.pid)?.started === known.started;

/** Pid of the parent of `pid`, where the system tells. */
export function parentOf(pid: number): number | undefined {
  if (process.platform !== "linux") return Number(ps(pid, "ppid")) || undefined;
  try {
    return Number(statFields(pid)[1]) || undefined;
  } catch {
    return undefined;
  }
}

/** The command line of `pid`, arguments separated by spaces; empty where it cannot be read. */
export function commandLine(pid: number): string {
  if (process.platform !== "linux") return ps(pid, "command") ?? "";
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    return "";
  }
}
