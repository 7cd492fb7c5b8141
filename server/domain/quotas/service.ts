import type { Ids } from "@/server/platform/ids";
import type { Tasks } from "@/server/platform/tasks";
import type { QuotaStore } from "./store";
import { STREAMS_RETRY_SECONDS } from "./tunables";
import { exceeded, type QuotaLimits, type Quotas, sizeOf } from "./types";

type Deps = {
  store: QuotaStore;
  limits: Pick<QuotaLimits, "requests" | "streams">;
  ids: Ids;
  tasks: Pick<Tasks, "run">;
};

/** What people and their tokens may use at a time. See `Quotas` for what each call guarantees. */
export function createQuotas({ store, limits: { requests, streams }, ids, tasks }: Deps): Quotas {
  return {
    async countRequest({ ownerId, token }) {
      const counts = await store.countRequest({ ownerId, tokenId: token?.id ?? null }, requests);
      for (const { of, count, seconds } of counts) {
        const size = sizeOf(requests, of);
        if (count > size) throw exceeded("too_many_requests", { of, size, seconds });
      }
    },

    async openStream({ ownerId, token }) {
      const id = ids.uuid();
      const of = await store.openStream(id, { ownerId, tokenId: token?.id ?? null }, streams);
      if (of) {
        throw exceeded("too_many_streams", { of, size: sizeOf(streams, of), seconds: STREAMS_RETRY_SECONDS });
      }
      let isOpen = true;
      return () => {
        if (isOpen) tasks.run("stream ended", () => store.closeStream(id));
        isOpen = false;
      };
    },
  };
}
