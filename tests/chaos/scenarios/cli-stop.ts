import { pause, resumed, type Scenario, strike } from "../scenario";
import { hitCliServers } from "./cli-faults";

const GAP_MAX_MS = 8_000;
/** A server that stands still for longer than the app waits for a ping. */
const STOP_MS = 6_000;

export const cliStop: Scenario = {
  name: "cli-stop",
  fault: "CLI SIGSTOP in mid-turn, 20 turns running; later it goes on",
  faults: { full: 50, short: 1 },
  run: (run) =>
    hitCliServers(run, {
      gapMaxMs: GAP_MAX_MS,
      apartMs: 0,
      async hit(cli, { watchers }) {
        const fault = await strike(run.history, cli, "SIGSTOP");
        await pause(run.random, STOP_MS, STOP_MS + 1_000);
        await resumed(watchers, fault, { afterMs: STOP_MS, waitMs: 2 * GAP_MAX_MS });
        process.kill(cli.service.pid(), "SIGCONT");
        await run.stack.connected();
      },
    }),
};
