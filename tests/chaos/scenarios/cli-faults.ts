import { setTimeout as sleep } from "node:timers/promises";
import { gapsOf } from "../checks/gaps";
import { type Lanes, startLanes } from "../lanes";
import { atMost, msOf, pause, type Run, unsuccessful } from "../scenario";
import type { Part } from "../stack";
import { wasMoved } from "./moved";

/** `apartMs`: the least time between two faults. `hit` makes one, and resolves when it was dealt with. */
type Options = { gapMaxMs: number; apartMs: number; hit(cli: Part, lanes: Lanes): Promise<void> };

/** Hits the CLI servers in turn while 20 turns run: one that is lost three times in a minute is put in quarantine. */
export async function hitCliServers(run: Run, { gapMaxMs, apartMs, hit }: Options) {
  const { stack, history, random, faults } = run;
  const lanes = await startLanes({ ...run, lanes: 20, tokens: [50, 90], rate: 20, sendTo: (lane) => lane });
  const first = Math.floor(random() * stack.clis.length);
  for (let done = 0; done < faults; done++) {
    const calm = sleep(apartMs);
    await pause(random, 500, 1_500);
    await hit(stack.clis[(first + done) % stack.clis.length] as Part, lanes);
    run.progress(done + 1);
    await calm;
  }
  await lanes.finish();
  return {
    ...lanes,
    figures: [
      atMost("viewer sees resumed or ended", msOf(gapsOf(history, wasMoved)), gapMaxMs),
      unsuccessful("turns that did not succeed", history, ["cli_server_lost"]),
    ],
  };
}
