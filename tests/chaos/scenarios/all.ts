import type { Scenario } from "../scenario";
import { appKill } from "./app-kill";
import { appKillAlone } from "./app-kill-alone";
import { cliKill } from "./cli-kill";
import { cliStop } from "./cli-stop";
import { jobsKill } from "./jobs-kill";
import { linkCut } from "./link-cut";
import { postgresKill, postgresOutage } from "./postgres";
import { sameKey } from "./same-key";
import { watchCut } from "./watch-cut";

/** In the order in which they run: those that leave something behind for the next come last. */
export const SCENARIOS: Scenario[] = [
  sameKey,
  watchCut,
  linkCut,
  cliKill,
  cliStop,
  appKill,
  jobsKill,
  postgresKill,
  postgresOutage,
  appKillAlone,
];
