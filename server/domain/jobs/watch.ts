import type { Job } from "@/lib/contracts/jobs";
import type { Bell } from "@/server/db/bell";
import type { Clock } from "@/server/platform/clock";
import type { OwnerId } from "@/server/platform/scope";
import { personTopic } from "../accounts/types";
import { WATCH_POLL_MS, WATCH_RECHECK_MS } from "./tunables";
import { jobTopic, type WatchJobOptions } from "./types";

type Deps = {
  /** The job as it is now; null where it is gone. */
  find(): Promise<Job | null>;
  bell: Pick<Bell, "listen">;
  clock: Clock;
};

const hasEnded = ({ status }: Job): boolean => status !== "queued" && status !== "running";

/** Listens, reads, follows: see `Jobs.watch`. Changes that come close together may be seen as one. */
export async function* watchJob(
  { find, bell, clock }: Deps,
  jobId: string,
  options: WatchJobOptions & { owner: OwnerId },
): AsyncGenerator<Job> {
  const { owner, signal, stillAllowed, allowedUntil } = options;
  let seen = options.afterUpdate;
  let isRung = false;
  let mustCheck = false;
  let wake = () => {};
  const unlisten = [
    bell.listen(jobTopic(jobId), () => {
      isRung = true;
      wake();
    }),
    bell.listen(personTopic(owner), () => {
      mustCheck = true;
      wake();
    }),
  ];
  let checkedAt = clock.monotonicMs();
  let endsAtMs = allowedUntil
    ? checkedAt + allowedUntil.getTime() - clock.now().getTime()
    : Number.POSITIVE_INFINITY;
  try {
    while (!signal.aborted) {
      isRung = false;
      const nowMs = clock.monotonicMs();
      if (mustCheck || nowMs - checkedAt >= WATCH_RECHECK_MS || nowMs >= endsAtMs) {
        mustCheck = false;
        checkedAt = nowMs;
        if (nowMs >= endsAtMs) endsAtMs = Number.POSITIVE_INFINITY;
        if (!(await stillAllowed())) return;
      }
      const job = await find();
      if (!job) return;
      if (job.update > seen) {
        seen = job.update;
        yield job;
      }
      if (hasEnded(job)) return;
      if (isRung || mustCheck) continue;
      const woken = new AbortController();
      wake = () => woken.abort("woken");
      const restMs = Math.min(WATCH_POLL_MS, Math.max(0, endsAtMs - clock.monotonicMs()));
      await clock.sleep(restMs, AbortSignal.any([signal, woken.signal]));
      wake = () => {};
    }
  } finally {
    for (const end of unlisten) end();
  }
}
