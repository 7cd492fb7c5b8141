import type { ModelList } from "@/lib/contracts/models";
import { AppError } from "@/lib/errors/app-error";
import type { CopilotPool, CopilotServer } from "@/server/copilot/types";
import type { Crypto } from "@/server/crypto/crypto";
import type { Clock } from "@/server/platform/clock";
import type { Log } from "@/server/platform/log";
import type { Actor } from "@/server/platform/scope";
import type { Tasks } from "@/server/platform/tasks";
import type { Credentials } from "../credentials/types";
import { createManagement } from "./management";
import { createMembers } from "./members";
import { answers, pickServer, serversForTurns, toModelListError } from "./rules";
import type { FleetStore } from "./store";
import { MODEL_LIST_TTL_MS, MODEL_LIST_WAIT_MS, MODEL_LISTS_MAX } from "./tunables";
import type { Fleet } from "./types";

type Deps = {
  pool: CopilotPool;
  store: FleetStore;
  crypto: Crypto;
  credentials: Credentials;
  clock: Clock;
  tasks: Tasks;
  log: Log;
  defaultModel: string;
  /** Most turns that run on one server at once. */
  turnsPerServer: number;
};

export function createFleet(deps: Deps): Fleet {
  const { pool, credentials, clock, defaultModel } = deps;
  const members = createMembers(deps);

  const lists = new Map<string, { list: Promise<ModelList>; until: number }>();

  const claim: Fleet["claim"] = async ({ preferredId, waitMs, signal }) => {
    const deadline = clock.monotonicMs() + waitMs;
    while (!signal?.aborted) {
      const server = pickServer(pool.servers, preferredId, members.setAside());
      if (server) return server;
      const left = deadline - clock.monotonicMs();
      if (left <= 0) break;
      const changed = new AbortController();
      const wake = () => changed.abort();
      const unsubscribe = pool.onChange(wake);
      signal?.addEventListener("abort", wake, { once: true });
      await clock.sleep(left, changed.signal);
      signal?.removeEventListener("abort", wake);
      unsubscribe();
    }
    throw new AppError("fleet_exhausted");
  };

  async function askModels(actor: Actor): Promise<ModelList> {
    const token = await credentials.accessToken(actor.ownerId);
    const server = await claim({ preferredId: null, waitMs: MODEL_LIST_WAIT_MS });
    try {
      const models = await server.models(token);
      const preferred = models.find((model) => model.id === defaultModel) ?? models[0];
      return { models, defaultModel: preferred?.id ?? null };
    } catch (cause) {
      const error = toModelListError(cause);
      if (error.code === "github_sign_in_required") await credentials.reject(actor.ownerId, token);
      throw error;
    }
  }

  return {
    ...createManagement({ ...deps, members }),
    claim,
    isDraining: (id) => members.isSetAside(id),
    forTurns: () => serversForTurns(members.servers(), members.setAside()).map(({ id }) => id),
    answers: (id) => pool.servers.some((server) => server.id === id && answers(server)),
    anyReady: () => pool.servers.some(answers),
    status: () =>
      members.servers().map((server) => ({
        id: server.id,
        state: server.state(),
        draining: members.isSetAside(server.id),
        isSpare: server.isSpare,
      })),
    find: (id): CopilotServer | undefined => pool.servers.find((server) => server.id === id),
    async conversationsOn(id) {
      const server = pool.servers.find((one) => one.id === id);
      if (!server) throw new AppError("server_not_found");
      return server.conversations();
    },
    async models(actor) {
      const now = clock.monotonicMs();
      const known = lists.get(actor.ownerId);
      if (known && known.until > now) return known.list;
      const list = askModels(actor);
      lists.delete(actor.ownerId);
      lists.set(actor.ownerId, { list, until: now + MODEL_LIST_TTL_MS });
      const oldest = lists.keys().next().value;
      if (lists.size > MODEL_LISTS_MAX && oldest !== undefined) lists.delete(oldest);
      // A failure is not remembered.
      list.catch(() => {
        if (lists.get(actor.ownerId)?.list === list) lists.delete(actor.ownerId);
      });
      return list;
    },
  };
}
