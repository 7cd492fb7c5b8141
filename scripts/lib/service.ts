import { setTimeout as sleep } from "node:timers/promises";

/** Something that runs: a child process, or the embedded Postgres. */
export type Running = {
  pid: number;
  /** Resolves with what ended it. */
  exited: Promise<string>;
  stop(): Promise<void>;
};

/** One part of a stack. It can be killed and started again without the others. */
export type Service = {
  name: string;
  pid(): number;
  /** False from its end, wanted or not, until it is started again. */
  isRunning(): boolean;
  /** Ends it the hard way, as a crash would. Resolves when it is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Stops it where it runs, and starts it again on the same port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
  /** Calls `listener` with the reason whenever it ended without `stop()` or `restart()`. */
  onCrash(listener: (reason: string) => void): void;
};

/** Starts a part by `launch` and keeps track of it. */
export async function startService(name: string, launch: () => Promise<Running>): Promise<Service> {
  const listeners: ((reason: string) => void)[] = [];
  let running: Running;
  let wanted = true;
  let alive = false;

  async function start(): Promise<void> {
    const started = await launch();
    running = started;
    wanted = true;
    alive = true;
    void started.exited.then((reason) => {
      if (running === started) alive = false;
      if (wanted && running === started) for (const listener of listeners) listener(reason);
    });
  }
  const stop = async () => {
    wanted = false;
    await running.stop();
  };

  await start();
  return {
    name,
    pid: () => running.pid,
    isRunning: () => alive,
    async kill(signal = "SIGKILL") {
      process.kill(running.pid, signal);
      await running.exited;
    },
    async restart() {
      await stop();
      await start();
    },
    stop,
    onCrash: (listener) => void listeners.push(listener),
  };
}

/** Most restarts within a minute; a part that needs more has a lasting problem. */
const RESTARTS_MAX = 5;
const RESTART_WINDOW_MS = 60_000;
const RESTART_FIRST_MS = 500;

export type Keeper = {
  onRestart(name: string, reason: string): void;
  /** It keeps ending, or does not start again. */
  onGiveUp(name: string, reason: string): void;
};

/** Starts `service` again whenever it crashes: after 0.5 s, then 1, 2, 4, 8 s; gives up at the sixth crash within
 *  a minute. */
export function keepRunning(service: Service, keeper: Keeper): void {
  let crashes: number[] = [];
  const again = async (reason: string): Promise<void> => {
    const now = performance.now();
    crashes = [...crashes.filter((at) => now - at < RESTART_WINDOW_MS), now];
    if (crashes.length > RESTARTS_MAX) return keeper.onGiveUp(service.name, reason);
    keeper.onRestart(service.name, reason);
    await sleep(RESTART_FIRST_MS * 2 ** (crashes.length - 1));
    await service.restart().catch((error: unknown) => again(String(error)));
  };
  service.onCrash((reason) => void again(reason));
}
