import type { Model, ModelList } from "@/lib/contracts/models";
import { AppError } from "@/lib/errors/app-error";
import type { CopilotPool, CopilotServer } from "@/server/copilot/types";
import type { Crypto } from "@/server/crypto/crypto";
import type { Clock } from "@/server/platform/clock";
import type { Log } from "@/server/platform/log";
import type { Actor, OwnerId } from "@/server/platform/scope";
import type { Tasks } from "@/server/platform/tasks";
import type { Credentials } from "../credentials/types";
import type { Providers } from "../providers/types";
import { createManagement } from "./management";
import { createMembers } from "./members";
import { answers, codeOf, pickServer, serversForTurns, toModelListError } from "./rules";
import type { FleetStore } from "./store";
import { MODEL_LIST_TTL_MS, MODEL_LIST_WAIT_MS, MODEL_LISTS_MAX } from "./tunables";
import type { Fleet } from "./types";

type Deps = {
  pool: CopilotPool;
  store: FleetStore;
  crypto: Crypto;
  credentials: Pick<Credentials, "copilotIdentity" | "reject">;
  providers: Pick<Providers, "models">;
  clock: Clock;
  tasks: Tasks;
  log: Log;
  defaultModel: string;
  /** Most turns that run on one server at once. */
  turnsPerServer: number;
};

export function createFleet(deps: Deps): Fleet {
  const { pool, credentials, providers, clock, defaultModel } = deps;
  const members = createMembers(deps);

  const lists = new Map<string, { list: Promise<Model[]>; until: number }>();

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

  async function askModels(owner: OwnerId): Promise<Model[]> {
    const identity = await credentials.copilotIdentity(owner);
    const server = await claim({ preferredId: null, waitMs: MODEL_LIST_WAIT_MS });
    try {
      return await server.models(identity);
    } catch (cause) {
      const error = toModelListError(cause);
      const isRefused = error.code === "github_sign_in_required";
      if (isRefused && identity.kind === "user") await credentials.reject(owner, identity.token);
      throw error;
    }
  }

  function copilotModels(owner: OwnerId): Promise<Model[]> {
    const now = clock.monotonicMs();
    const known = lists.get(owner);
    if (known && known.until > now) return known.list;
    const list = askModels(owner);
    lists.delete(owner);
    lists.set(owner, { list, until: now + MODEL_LIST_TTL_MS });
    const oldest = lists.keys().next().value;
    if (lists.size > MODEL_LISTS_MAX && oldest !== undefined) lists.delete(oldest);
    // A failure is not remembered.
    list.catch(() => {
      if (lists.get(owner)?.list === list) lists.delete(owner);
    });
    return list;
  }

  async function models({ ownerId }: Actor): Promise<ModelList> {
    const [asked, brought] = await Promise.allSettled([copilotModels(ownerId), providers.models(ownerId)]);
    if (brought.status === "rejected") throw brought.reason;
    const others = brought.value;
    const isAway = asked.status === "rejected";
    if (isAway && others.length === 0) throw asked.reason;
    const copilots = isAway ? [] : asked.value;
    const all = [...copilots, ...others];
    const preferred = all.find((model) => model.id === defaultModel) ?? copilots[0];
    return {
      models: all,
      defaultModel: preferred?.id ?? null,
      copilot: isAway ? codeOf(asked.reason) : null,
    };
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
    models,
  };
}
