import type { Bell } from "@/server/db/bell";
import type { Clock } from "@/server/platform/clock";
import type { ClaimedJob, JobQueueStore } from "./queue/store";
import type { StopReason } from "./rules";
import { STOP_LOOK_MS } from "./tunables";
import { jobTopic } from "./types";

type Deps = {
  store: Pick<JobQueueStore, "isCancelRequested">;
  bell: Pick<Bell, "listen">;
  clock: Clock;
};

/** Hears whether a job is to stop. Made before the job is claimed, so that what was asked since is heard. */
export class StopAsked {
  readonly #deps: Deps;
  readonly #jobId: string;
  readonly #unlisten: () => void;
  #rung = false;
  #wake = () => {};

  constructor(deps: Deps, jobId: string) {
    this.#deps = deps;
    this.#jobId = jobId;
    this.#unlisten = deps.bell.listen(jobTopic(jobId), () => {
      this.#rung = true;
      this.#wake();
    });
  }

  /** Resolves with the reason as soon as there is one, or with null when `over` aborts. Where the database cannot tell
   *  now, it is asked again after `STOP_LOOK_MS`. */
  async reason({ deadline }: Pick<ClaimedJob, "deadline">, over: AbortSignal): Promise<StopReason | null> {
    const { store, clock } = this.#deps;
    while (!over.aborted) {
      const leftMs = deadline ? deadline.getTime() - clock.now().getTime() : STOP_LOOK_MS;
      if (leftMs <= 0) return "deadline_passed";
      if (this.#rung) {
        this.#rung = false;
        if (await store.isCancelRequested(this.#jobId).catch(() => false)) return "cancelled";
        continue;
      }
      await this.#rest(Math.min(leftMs, STOP_LOOK_MS), over);
    }
    return null;
  }

  /** Until a ring, `over`, or `ms`, after which a ring may have been lost. */
  async #rest(ms: number, over: AbortSignal): Promise<void> {
    const woken = new AbortController();
    this.#wake = () => woken.abort("woken");
    await this.#deps.clock.sleep(ms, AbortSignal.any([woken.signal, over]));
    this.#wake = () => {};
    this.#rung ||= !woken.signal.aborted;
  }

  end(): void {
    this.#unlisten();
  }
}
