import type { Bell } from "@/server/db/bell";
import type { Clock } from "@/server/platform/clock";
import type { Ids } from "@/server/platform/ids";
import type { Log } from "@/server/platform/log";
import type { Credentials } from "../credentials/types";
import type { Fleet } from "../fleet/types";
import type { Providers } from "../providers/types";
import type { EventLog, Leases, Processes } from "../sessions/types";
import type { TurnStore } from "./store";
import type { Limits } from "./types";

/** What running turns needs of the rest of the house. */
export type RunnerDeps = {
  store: TurnStore;
  log: EventLog;
  leases: Leases;
  processes: Processes;
  fleet: Fleet;
  credentials: Pick<Credentials, "identityMode" | "reject">;
  providers: Pick<Providers, "access">;
  bell: Bell;
  clock: Clock;
  logger: Log;
  ids: Ids;
  limits: Limits;
  /** A number in [0, 1), for a choice among equals. */
  random(): number;
  /** Model of a session that has chosen none; null leaves it to the CLI. */
  defaultModel: string | null;
};
