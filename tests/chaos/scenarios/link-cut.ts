import { setTimeout as sleep } from "node:timers/promises";
import type { Link } from "../fault-proxy";
import { startLanes } from "../lanes";
import { pause, pick, type Scenario, unsuccessful } from "../scenario";

/** Less than the app waits for a ping of a CLI server: it has to sit this out. */
const STALL_MAX_MS = 1_500;
const CUT_BYTES = 2_000;

const FAULTS = ["cut", "half-close", "stall", "reset"] as const;

async function disturb(link: Link, random: () => number): Promise<void> {
  switch (pick(FAULTS, random)) {
    case "cut":
      return link.cutAfter(1 + Math.floor(random() * CUT_BYTES));
    case "half-close":
      return link.halfClose();
    case "stall":
      link.stall(random() * STALL_MAX_MS);
      return sleep(STALL_MAX_MS);
    case "reset":
      return link.reset();
  }
}

/** Nothing dies here: only the connections between the parts do. */
export const linkCut: Scenario = {
  name: "link-cut",
  fault: "Connections of the app to CLI servers and Postgres end in all ways",
  faults: { full: 200, short: 4 },
  async run(run) {
    const { stack, history, random, faults } = run;
    const lanes = await startLanes({ ...run, lanes: 12, tokens: [50, 90], rate: 20, sendTo: (lane) => lane });
    for (let done = 0; done < faults; done++) {
      await pause(random, 200, 1_000);
      const part = pick([stack.postgres, ...stack.clis], random);
      const links = part.link.links();
      if (links.length > 0) await disturb(pick(links, random), random);
      run.progress(done + 1);
    }
    await lanes.finish();
    return { ...lanes, figures: [unsuccessful("turns that did not succeed", history)] };
  },
};
