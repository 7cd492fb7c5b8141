import { AppError } from "@/lib/errors/app-error";
import type { Bell } from "@/server/db/bell";
import type { Clock } from "@/server/platform/clock";
import { nextDue } from "./rules";
import type { RunStore } from "./runs/store";
import type { RetentionStore } from "./store";
import { CLEANUP_TOPIC, type Retention } from "./types";

type Deps = {
  store: RetentionStore;
  runs: Pick<RunStore, "start" | "list">;
  bell: Pick<Bell, "ring">;
  clock: Clock;
  /** When a run is due each day, "HH:MM" in UTC. */
  at: string;
};

export function createRetention({ store, runs, bell, clock, at }: Deps): Retention {
  async function get(): ReturnType<Retention["get"]> {
    const [rules, holds] = await Promise.all([store.rules(), store.holds()]);
    const isRuled = rules.some(({ enabled }) => enabled);
    return { rules, holds, nextRunAt: isRuled ? nextDue(clock.now(), at) : null };
  }

  return {
    get,
    async update(actor, change) {
      const missing = await store.change(actor, change, clock.now());
      if (missing) throw new AppError(missing === "session" ? "session_not_found" : "person_not_found");
      return get();
    },
    preview: async ({ rules }) => store.preview(rules ?? (await store.rules()), clock.now()),
    async run(actor) {
      const run = await runs.start(actor, clock.now());
      bell.ring(CLEANUP_TOPIC);
      return run;
    },
    runs: async ({ limit }) => ({ items: await runs.list(limit) }),
  };
}
