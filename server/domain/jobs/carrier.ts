import type { Clock } from "@/server/platform/clock";
import { CarriedJob, type CarryDeps } from "./carried-job";
import type { ClaimedJob, JobQueueStore, Move, Moved } from "./queue/store";
import { Together } from "./queue/together";
import { StopAsked } from "./stop-asked";
import { STORE_AGAIN_MS, TOGETHER_MAX } from "./tunables";
import { type JobCarrier, jobTopic } from "./types";

type Deps = Omit<CarryDeps, "store" | "bell"> & {
  store: Pick<JobQueueStore, "claim" | "settle" | "giveBack" | "announce" | "note" | "isCancelRequested">;
  bell: CarryDeps["bell"] & ConstructorParameters<typeof StopAsked>[0]["bell"];
  clock: Clock;
};

/** The jobs in the hands of this process. Those that begin, or end, at the same moment share a statement. */
export function createJobCarrier(deps: Deps): JobCarrier {
  const { store, bell, clock, log } = deps;
  const carried = new Set<string>();
  const claims = new Together<{ id: string }, ClaimedJob>(
    (items) => store.claim(items.map(({ id }) => id)),
    TOGETHER_MAX,
  );
  const moves = new Together<Move, Moved>(
    async (items) => new Map((await store.settle(items)).map((moved) => [moved.jobId, moved])),
    TOGETHER_MAX,
  );

  /** What `work` gives; while it does not succeed, it is done again after a pause. Null where `signal` aborts first. */
  async function persist<Answer>(work: () => Promise<Answer>, jobId: string, signal: AbortSignal) {
    while (!signal.aborted) {
      try {
        return await work();
      } catch (error) {
        log.warn({ jobId, err: error }, "job will be tried again");
        await clock.sleep(STORE_AGAIN_MS, signal);
      }
    }
    return null;
  }

  async function carry(claimed: ClaimedJob, stop: StopAsked, signal: AbortSignal): Promise<void> {
    const { id } = claimed;
    bell.ring(jobTopic(id));
    const job = new CarriedJob(deps, claimed, stop);
    const move = await persist(() => job.carry(signal), id, signal);
    // Once it is known what becomes of it, that is stored, also by a process that ends.
    const moved = move && (await moves.add(move).catch(() => persist(() => moves.add(move), id, signal)));
    if (!move) await store.giveBack(claimed);
    if (moved) {
      bell.ring(jobTopic(id));
      log.info({ jobId: id, turnId: move?.turnId, status: move?.status, code: move?.code }, "job");
    }
  }

  return {
    async take(jobId, signal) {
      if (carried.has(jobId) || signal.aborted) return;
      carried.add(jobId);
      const stop = new StopAsked(deps, jobId);
      try {
        // Where the answer to a claim was lost, the job is this process's, and is claimed again.
        const claimed = await persist(() => claims.add({ id: jobId }), jobId, signal);
        if (claimed) await carry(claimed, stop, signal);
      } finally {
        stop.end();
        carried.delete(jobId);
      }
    },
    leave: (jobId) => store.announce(jobId),
  };
}
