import { gapsOf } from "../checks/gaps";
import { startLanes } from "../lanes";
import { atMost, msOf, pause, resumed, type Scenario, strike, unsuccessful } from "../scenario";
import type { Part } from "../stack";
import { wasMoved } from "./moved";

const GAP_MAX_MS = 8_000;
/** A server that stands still for longer than the app waits for a ping. */
const STOP_MS = 6_000;

export const cliStop: Scenario = {
  name: "cli-stop",
  fault: "CLI SIGSTOP in mid-turn, 20 turns running; later it goes on",
  faults: { full: 50, short: 1 },
  async run(run) {
    const { stack, history, random, faults } = run;
    const lanes = await startLanes({
      ...run,
      lanes: 20,
      tokens: [50, 90],
      rate: 20,
      sendTo: (lane) => lane,
    });
    const first = Math.floor(random() * stack.clis.length);
    for (let done = 0; done < faults; done++) {
      await pause(random, 500, 1_500);
      // In turn: a server that is lost three times in a minute is put in quarantine.
      const cli = stack.clis[(first + done) % stack.clis.length] as Part;
      const fault = await strike(history, cli, "SIGSTOP");
      await pause(random, STOP_MS, STOP_MS + 1_000);
      await resumed(lanes.watchers, fault, { afterMs: STOP_MS, waitMs: 2 * GAP_MAX_MS });
      process.kill(cli.service.pid(), "SIGCONT");
      await stack.connected();
      run.progress(done + 1);
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
