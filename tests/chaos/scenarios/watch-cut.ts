import { setTimeout as sleep } from "node:timers/promises";
import { startLanes } from "../lanes";
import { atMost, pick, type Run, type Scenario } from "../scenario";
import type { Watcher } from "../watcher";

const RESUME_MAX_MS = 250;
/** A cut comes within this many bytes: an event is about 200 long. */
const CUT_BYTES = 600;
const STALL_MAX_MS = 400;
const LATENCY_MAX_MS = 25;
/** Faults come this far apart: the time to resume shall be the product's, not that of a machine that is busy with
 *  faults alone. */
const APART_MS = 40;

const FAULTS = ["cut", "half-close", "stall", "reset", "drop", "latency"] as const;

async function disturb(watcher: Watcher, { stack, random }: Run): Promise<void> {
  const link = watcher.link();
  if (!link) return;
  switch (pick(FAULTS, random)) {
    case "cut":
      return link.cutAfter(1 + Math.floor(random() * CUT_BYTES));
    case "half-close":
      return link.halfClose();
    case "stall":
      link.stall(STALL_MAX_MS);
      await sleep(random() * STALL_MAX_MS);
      return link.reset();
    case "reset":
      return link.reset();
    case "drop":
      return watcher.drop();
    case "latency":
      pick(stack.apps, random).link.delay(random() * LATENCY_MAX_MS);
      await sleep(random() * STALL_MAX_MS);
      return link.reset();
  }
}

export const watchCut: Scenario = {
  name: "watch-cut",
  fault: "Watcher disconnects of all kinds",
  faults: { full: 10_000, short: 100 },
  async run(run) {
    const { stack, random, faults } = run;
    const lanes = await startLanes({
      ...run,
      lanes: 10,
      tokens: [60, 120],
      rate: 25,
      sendTo: (lane) => lane,
    });
    const disturbed = new Set<Watcher>();
    for (let done = 0; done < faults; ) {
      const steady = lanes.watchers.filter((watcher) => watcher.isStreaming() && !disturbed.has(watcher));
      if (steady.length > 0) {
        const watcher = pick(steady, random);
        disturbed.add(watcher);
        void disturb(watcher, run).finally(() =>
          setTimeout(() => disturbed.delete(watcher), STALL_MAX_MS / 2),
        );
        done++;
        run.progress(done);
      }
      await sleep(APART_MS);
    }
    for (const { link } of stack.apps) link.delay(0);
    await lanes.finish();
    const resumes = lanes.watchers.flatMap((watcher) => watcher.resumes);
    const waited = resumes.map(({ waitedMs }) => waitedMs);
    const resumed = atMost(
      "from the loss, or the next event's writing, to its arrival",
      waited,
      RESUME_MAX_MS,
    );
    const silent = resumes.map(({ silentMs }) => silentMs);
    const { measured } = atMost("", silent, RESUME_MAX_MS);
    return {
      ...lanes,
      figures: [{ ...resumed, measured: `${resumed.measured}; from the loss alone: ${measured}` }],
    };
  },
};
