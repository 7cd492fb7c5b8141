import { gapsOf } from "../checks/gaps";
import { startLanes } from "../lanes";
import { atMost, msOf, pause, pick, type Scenario, strike, unsuccessful } from "../scenario";
import { wasMoved } from "./moved";

const GAP_MAX_MS = 3_000;

export const cliKill: Scenario = {
  name: "cli-kill",
  fault: "CLI SIGKILL in mid-turn, 20 turns running",
  faults: { full: 200, short: 3 },
  async run(run) {
    const { stack, history, random, faults } = run;
    const lanes = await startLanes({
      ...run,
      lanes: 20,
      tokens: [50, 90],
      rate: 20,
      sendTo: (lane) => lane,
    });
    for (let done = 0; done < faults; done++) {
      await pause(random, 500, 1_500);
      const cli = pick(stack.clis, random);
      await strike(history, cli, "SIGKILL");
      await cli.service.restart();
      await stack.connected();
      run.progress(done + 1);
    }
    await lanes.finish();
    const gaps = gapsOf(history, wasMoved);
    return {
      ...lanes,
      figures: [
        atMost("viewer sees resumed or ended", msOf(gaps), GAP_MAX_MS),
        unsuccessful("turns that did not succeed", history),
      ],
    };
  },
};
