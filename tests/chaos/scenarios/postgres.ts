import { setTimeout as sleep } from "node:timers/promises";
import { startLanes } from "../lanes";
import { pause, resumed, type Scenario, strike, unsuccessful } from "../scenario";

const WAIT_MAX_MS = 30_000;
const OUTAGE_MS = 30_000;
const OUTAGE_SHORT_MS = 3_000;

export const postgresKill: Scenario = {
  name: "postgres-kill",
  fault: "Postgres SIGKILL in mid-turn",
  faults: { full: 50, short: 1 },
  async run(run) {
    const { stack, history, random, faults } = run;
    const lanes = await startLanes({
      ...run,
      lanes: 12,
      tokens: [50, 90],
      rate: 20,
      sendTo: (lane) => lane,
    });
    for (let done = 0; done < faults; done++) {
      await pause(random, 500, 1_500);
      const fault = await strike(history, stack.postgres, "SIGKILL");
      await stack.postgres.service.restart();
      await resumed(lanes.watchers, fault, { afterMs: 200, waitMs: WAIT_MAX_MS });
      run.progress(done + 1);
    }
    await lanes.finish();
    return { ...lanes, figures: [unsuccessful("turns that did not succeed", history)] };
  },
};

export const postgresOutage: Scenario = {
  name: "postgres-outage",
  fault: "One Postgres outage of 30 s",
  faults: { full: 1, short: 1 },
  async run(run) {
    const { stack, history, isShort } = run;
    const lanes = await startLanes({
      ...run,
      lanes: 12,
      tokens: [50, 90],
      rate: 20,
      sendTo: (lane) => lane,
    });
    const fault = await strike(history, stack.postgres, "SIGKILL");
    await sleep(isShort ? OUTAGE_SHORT_MS : OUTAGE_MS);
    await stack.postgres.service.restart();
    await resumed(lanes.watchers, fault, { afterMs: 200, waitMs: WAIT_MAX_MS });
    run.progress(1);
    await lanes.finish();
    return { ...lanes, figures: [unsuccessful("turns that did not succeed", history)] };
  },
};
