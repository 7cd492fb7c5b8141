import { Logger, type Runner, run } from "graphile-worker";
import type { JobCarrier } from "@/server/domain/jobs/types";
import type { Clock } from "@/server/platform/clock";
import type { Log } from "@/server/platform/log";
import type { Tasks } from "@/server/platform/tasks";

/** How often each of the queue's workers looks by itself for a message whose time has come; new ones it is told of. There are
 *  many, so one of them looks every moment. */
const POLL_MS = 5_000;
/** Connections of this process that the queue has for itself. */
const CONNECTIONS_MAX = 6;
/** After the queue stopped by itself, because the database was away, it is started again after this long. */
const START_AGAIN_MS = 1_000;

type Deps = {
  url: string;
  carrier: JobCarrier;
  /** Jobs that this process carries at once. Most of the time they wait. */
  concurrency: number;
  /** Aborts when nothing new is to be taken. */
  draining: AbortSignal;
  clock: Clock;
  log: Log;
  tasks: Tasks;
};

// What the queue says about its own doings is for whoever looks into it.
const loggerOf = (log: Log) =>
  new Logger(() => (level, message) => {
    const isProblem = level === "error" || level === "warning";
    log[isProblem ? "warn" : "trace"]({ queue: message }, "job queue");
  });

const jobIdOf = (payload: unknown): string =>
  payload instanceof Object && "jobId" in payload ? String(payload.jobId) : "";

/** Takes messages from the queue, and has the jobs that they name carried, until the process drains: then nothing new is
 *  taken, and jobs go on until the tasks are stopped. A message says "look at this job" and no more, so one that comes
 *  twice, or late, does no harm. */
export function startJobWorker({ url, carrier, concurrency, draining, clock, log, tasks }: Deps): void {
  const open = (look: (jobId: string) => Promise<void>): Promise<Runner> =>
    run({
      taskList: { job: (payload) => look(jobIdOf(payload)) },
      logger: loggerOf(log),
      parsedCronItems: [],
      noHandleSignals: true,
      preset: {
        worker: {
          connectionString: url,
          concurrentJobs: concurrency,
          maxPoolSize: CONNECTIONS_MAX,
          pollInterval: POLL_MS,
          completeJobBatchDelay: 0,
          failJobBatchDelay: 0,
        },
      },
    });

  /** Resolves when the queue gives out no message any more. The jobs of those that it gave out have ended then, or go on as
   *  a task of their own where it stopped by itself. */
  async function work(signal: AbortSignal, ending: AbortSignal): Promise<void> {
    const given = new Set<Promise<void>>();
    const runner = await open((jobId) => {
      // The queue may be giving one out in the moment in which it is stopped.
      const looked = ending.aborted ? carrier.leave(jobId) : carrier.take(jobId, signal);
      given.add(looked);
      return looked.finally(() => given.delete(looked));
    });
    let stopping: Promise<void> | undefined;
    const stop = () => {
      stopping = runner.stop().catch(() => {});
    };
    const stopped = new Promise<void>((resolve) => {
      runner.events.once("pool:gracefulShutdown", () => resolve());
    });
    const over = runner.promise
      .catch((error: unknown) => log.warn({ err: error }, "job queue stopped"))
      .then(() => stopping);
    ending.addEventListener("abort", stop, { once: true });
    if (ending.aborted) stop();
    await stopped;
    ending.removeEventListener("abort", stop);
    if (ending.aborted) await over;
    // Not for the queue itself, which may take long to let go of connections that are broken.
    else tasks.run("jobs of a queue that stopped", () => Promise.allSettled(given).then(() => {}));
  }

  tasks.run("job queue", async (signal) => {
    const ending = AbortSignal.any([signal, draining]);
    while (!ending.aborted) {
      await work(signal, ending).catch((error: unknown) =>
        log.warn({ err: error }, "job queue does not start"),
      );
      await clock.sleep(START_AGAIN_MS, ending);
    }
  });
}
