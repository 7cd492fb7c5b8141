import { gapsOf } from "../checks/gaps";
import { startLanes } from "../lanes";
import { atMost, msOf, pause, resumed, type Scenario, strike, unsuccessful } from "../scenario";
import type { Part } from "../stack";

const GAP_MAX_MS = 3_000;
const WAIT_MAX_MS = 30_000;

/** The processes take turns at dying, and prompts go to the one that is next: so every turn that runs is its own. */
export const appKill: Scenario = {
  name: "app-kill",
  fault: "App SIGKILL in mid-turn, 2 processes",
  faults: { full: 100, short: 1 },
  async run(run) {
    const { stack, history, random, faults } = run;
    let victim = 0;
    const lanes = await startLanes({ ...run, lanes: 12, tokens: [50, 90], rate: 20, sendTo: () => victim });
    for (let done = 0; done < faults; done++) {
      await pause(random, 1_000, 2_500);
      const app = stack.apps[victim] as Part;
      victim = (victim + 1) % stack.apps.length;
      const fault = await strike(history, app, "SIGKILL");
      await app.service.restart();
      await resumed(lanes.watchers, fault, { afterMs: 500, waitMs: WAIT_MAX_MS });
      run.progress(done + 1);
    }
    await lanes.finish();
    const gaps = gapsOf(history, () => true);
    return {
      ...lanes,
      figures: [unsuccessful("turns lost", history), atMost("gap for viewers", msOf(gaps), GAP_MAX_MS)],
    };
  },
};
