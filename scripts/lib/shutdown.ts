import { commandLine, parentOf } from "@/server/platform/process-identity";
import { note } from "./steps";

const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
const PARENT_CHECK_MS = 1_000;

/** Pid of the npm that runs this command: our parent, or the parent of the shell between us. */
function npmAbove(): number {
  const parent = process.ppid;
  return commandLine(parent).startsWith("sh -c ") ? (parentOf(parent) ?? parent) : parent;
}

/** Calls `work` once when this process is asked to end (Ctrl-C, SIGTERM, a closed terminal), when npm that started
 *  it was killed, or when an error reaches the top; then exits. A second signal ends it at once; what it started
 *  is then cleared up by the watchdog. Returns a function that does the same on our own initiative. */
export function onShutdown(work: (reason: string) => Promise<void>): (reason: string, code: number) => void {
  let stopping = false;
  const end = (reason: string, code: number) => {
    if (stopping) process.exit(code);
    stopping = true;
    work(reason)
      .catch((error: unknown) => {
        console.error(error);
        process.exitCode = 1;
      })
      .finally(() => process.exit(process.exitCode ?? code));
  };
  for (const [signal, number] of Object.entries(SIGNALS)) {
    process.on(signal, () => end(signal, 128 + number));
  }
  for (const event of ["uncaughtException", "unhandledRejection"] as const) {
    process.on(event, (error: unknown) => {
      console.error(error);
      end("an error", 1);
    });
  }
  // A terminal that went away must not end us in the middle of stopping.
  process.stdout.on("error", () => {});
  process.stderr.on("error", () => {});
  if (process.env.npm_lifecycle_event) {
    const npm = npmAbove();
    setInterval(() => {
      if (npmAbove() !== npm && !stopping) end("the end of npm", 1);
    }, PARENT_CHECK_MS).unref();
  }
  return end;
}

/** For commands that a signal should end with a line, not with a stack trace. */
export const sayStopping = (reason: string): void => {
  process.stdout.write("\n");
  note(`Stopping (${reason}) …`);
};
