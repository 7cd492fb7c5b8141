import type { BulkResult } from "@/lib/contracts/bulk";
import { AppError } from "@/lib/errors/app-error";
import { ERROR_TABLE } from "@/lib/errors/table";
import type { Log } from "@/server/platform/log";
import type { People } from "../accounts/types";
import type { Credentials } from "../credentials/types";
import type { Fleet } from "../fleet/types";
import type { Processes } from "../sessions/types";
import type { Turns } from "../turns/types";
import type { Usage } from "../usage/types";
import { createOverview } from "./overview";
import { shutOut } from "./shut-out";
import type { Admin } from "./types";

type Deps = {
  people: People;
  credentials: Pick<Credentials, "forget">;
  usage: Pick<Usage, "during">;
  fleet: Pick<Fleet, "status">;
  processes: Pick<Processes, "count">;
  turns: Pick<Turns, "active" | "stopAll">;
  log: Log;
};

/** The acts of administrators, over the rooms that own what is acted on. */
export function createAdmin({ people, credentials, turns, log, ...rooms }: Deps): Admin {
  async function each(ids: string[], act: (id: string) => Promise<unknown>): Promise<BulkResult> {
    const results: BulkResult["results"] = [];
    for (const id of new Set(ids)) {
      try {
        await act(id);
        results.push({ id, ok: true });
      } catch (error) {
        const code = error instanceof AppError ? error.code : "internal";
        if (code === "internal") log.error({ id, err: error }, "administration failed");
        results.push({ id, ok: false, code, message: ERROR_TABLE[code].message });
      }
    }
    return { results };
  }

  return {
    overview: createOverview({ ...rooms, turns }),
    people: {
      list: (input) => people.list(input),
      update: (actor, { ids, ...change }) => each(ids, (id) => people.update(actor, id, change)),
      disable: (actor, ids) =>
        each(ids, async (id) => {
          await shutOut({ turns, credentials }, await people.disable(actor, id));
        }),
      enable: (actor, ids) => each(ids, (id) => people.enable(actor, id)),
      signOut: (actor, ids) => each(ids, (id) => people.signOut(actor, id)),
    },
  };
}
