import { setTimeout as sleep } from "node:timers/promises";
import { gapsOf } from "../checks/gaps";
import { startLanes } from "../lanes";
import { atMost, msOf, pause, resumed, type Scenario, strike, unsuccessful } from "../scenario";
import type { Part } from "../stack";
import { wasMoved } from "./moved";

const GAP_MAX_MS = 3_000;
const WAIT_MAX_MS = 10_000;
/** A server that is lost three times in a minute is put in quarantine. Four that die in turn, so far apart, are not. */
const KILLS_APART_MS = 8_000;

export const cliKill: Scenario = {
  name: "cli-kill",
  fault: "CLI SIGKILL in mid-turn, 20 turns running",
  faults: { full: 200, short: 2 },
  async run(run) {
    const { stack, history, random, faults, isShort } = run;
    const lanes = await startLanes({
      ...run,
      lanes: 20,
      tokens: [50, 90],
      rate: 20,
      sendTo: (lane) => lane,
    });
    const first = Math.floor(random() * stack.clis.length);
    for (let done = 0; done < faults; done++) {
      const calm = isShort ? Promise.resolve() : sleep(KILLS_APART_MS);
      await pause(random, 500, 1_500);
      const cli = stack.clis[(first + done) % stack.clis.length] as Part;
      const fault = await strike(history, cli, "SIGKILL");
      await cli.service.restart();
      await stack.connected();
      // A second kill before the first is dealt with would make one long silence of two.
      await resumed(lanes.watchers, fault, { afterMs: 200, waitMs: WAIT_MAX_MS });
      run.progress(done + 1);
      await calm;
    }
    await lanes.finish();
    const gaps = gapsOf(history, wasMoved);
    return {
      ...lanes,
      figures: [
        atMost("viewer sees resumed or ended", msOf(gaps), GAP_MAX_MS),
        unsuccessful("turns that did not succeed", history, ["cli_server_lost"]),
      ],
    };
  },
};
