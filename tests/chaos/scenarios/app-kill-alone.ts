import { startLanes } from "../lanes";
import { atMost, pause, resumed, type Scenario, strike, unsuccessful } from "../scenario";
import type { Part } from "../stack";

const SETTLED_MAX_MS = 5_000;
const WAIT_MAX_MS = 30_000;

/** Settled is a turn that ended, or whose text goes on. */
export const appKillAlone: Scenario = {
  name: "app-kill-alone",
  fault: "App SIGKILL in mid-turn, a single process",
  faults: { full: 50, short: 1 },
  async run(run) {
    const { stack, history, random, faults } = run;
    const [app, ...others] = stack.apps as [Part, ...Part[]];
    for (const { service } of others) await service.stop();
    const lanes = await startLanes({ ...run, lanes: 12, tokens: [50, 90], rate: 20, sendTo: () => 0 });
    const settledMs: number[] = [];
    for (let done = 0; done < faults; done++) {
      await pause(random, 1_000, 2_500);
      const hurt = lanes.watchers.filter((watcher) => watcher.isInTurn());
      const fault = await strike(history, app, "SIGKILL");
      await app.service.restart();
      const readyAtMs = performance.now();
      await resumed(hurt, fault, { afterMs: 500, waitMs: WAIT_MAX_MS });
      settledMs.push(performance.now() - readyAtMs);
      run.progress(done + 1);
    }
    await lanes.finish();
    for (const { service } of others) await service.restart();
    return {
      ...lanes,
      figures: [
        atMost("every turn settled after the start", settledMs, SETTLED_MAX_MS),
        unsuccessful("turns that did not succeed", history, ["interrupted"]),
      ],
    };
  },
};
