import type { Fleet } from "../fleet/types";
import type { Processes } from "../sessions/types";
import type { Turns } from "../turns/types";
import type { Usage } from "../usage/types";
import type { Admin } from "./types";

type Deps = {
  usage: Pick<Usage, "during">;
  turns: Pick<Turns, "active">;
  fleet: Pick<Fleet, "status">;
  processes: Pick<Processes, "count">;
};

/** The overview, put together from the rooms that know its parts. */
export function createOverview({ usage, turns, fleet, processes }: Deps): Admin["overview"] {
  return async (range) => {
    const [used, active, present] = await Promise.all([
      usage.during(range),
      turns.active(),
      processes.count(),
    ]);
    const { running, queued, longestWaitMs, byServer, serverMax } = active;
    return {
      ...used,
      now: {
        ...{ running, queued, longestWaitMs },
        ...present,
        servers: fleet.status().map((server) => ({
          ...server,
          activeTurns: byServer.get(server.id) ?? 0,
          turnsMax: serverMax,
        })),
      },
    };
  };
}
