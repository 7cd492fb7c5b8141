import { setTimeout as sleep } from "node:timers/promises";
import { resumed, type Scenario, strike } from "../scenario";
import { hitCliServers } from "./cli-faults";

const GAP_MAX_MS = 3_000;
const WAIT_MAX_MS = 10_000;
/** A service manager starts a service again so long after it died (`RestartSec`). */
const RESTART_AFTER_MS = 2_000;
/** Four servers that die in turn, so far apart, are not put in quarantine. */
const KILLS_APART_MS = 8_000;

export const cliKill: Scenario = {
  name: "cli-kill",
  fault: "CLI SIGKILL in mid-turn, 20 turns running",
  faults: { full: 200, short: 2 },
  run: (run) =>
    hitCliServers(run, {
      gapMaxMs: GAP_MAX_MS,
      apartMs: run.isShort ? 0 : KILLS_APART_MS,
      async hit(cli, { watchers }) {
        const fault = await strike(run.history, cli, "SIGKILL");
        await sleep(RESTART_AFTER_MS);
        await cli.service.restart();
        await run.stack.connected();
        // A second kill before the first is dealt with would make one long silence of two.
        await resumed(watchers, fault, { afterMs: 200, waitMs: WAIT_MAX_MS });
      },
    }),
};
