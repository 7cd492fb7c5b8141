import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { createServer } from "node:net";
import { commandLine } from "@/server/platform/process-identity";

function tryListen(port: number, host: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(undefined));
    probe.listen(port, host, () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : undefined));
    });
  });
}

/** True where nobody listens on `port`, neither on `host` nor on every interface. */
export async function isFree(port: number, host: string): Promise<boolean> {
  return (await tryListen(port, host)) !== undefined && (await tryListen(port, "0.0.0.0")) !== undefined;
}

/** A port that is free now on loopback, chosen by the system. */
export async function freePort(): Promise<number> {
  const port = await tryListen(0, "127.0.0.1");
  if (port === undefined) throw new Error("This machine has no free port on 127.0.0.1.");
  return port;
}

/** The first free port from `first` on. */
export async function nextFreePort(first: number, host: string): Promise<number> {
  for (let port = first; port < Math.min(first + 100, 65_536); port++) {
    if (await isFree(port, host)) return port;
  }
  return freePort();
}

// Rows of /proc/net/tcp: local address as hex "ADDRESS:PORT", state (0A is LISTEN), …, inode in field 9.
function listeningInodes(port: number): Set<string> {
  const wanted = port.toString(16).toUpperCase().padStart(4, "0");
  const rows = ["tcp", "tcp6"].flatMap((table) =>
    readFileSync(`/proc/net/${table}`, "utf8").split("\n").slice(1),
  );
  const fields = rows.map((row) => row.trim().split(/\s+/));
  return new Set(
    fields
      .filter((row) => row[3] === "0A" && row[1]?.endsWith(`:${wanted}`))
      .map((row) => `socket:[${row[9]}]`),
  );
}

const holds = (pid: string, sockets: Set<string>): boolean => {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      try {
        return sockets.has(readlinkSync(`/proc/${pid}/fd/${fd}`));
      } catch {
        return false;
      }
    });
  } catch {
    return false;
  }
};

/** Names who listens on `port`, as far as this system tells: `node server.js (process 123)`. */
export function whoListens(port: number): string {
  try {
    const sockets = listeningInodes(port);
    const pid = readdirSync("/proc").find((name) => /^\d+$/.test(name) && holds(name, sockets));
    if (pid) return `${commandLine(Number(pid)).slice(0, 80)} (process ${pid})`;
  } catch {
    // No /proc here, or it does not say.
  }
  return "another program";
}
