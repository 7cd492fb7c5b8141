import type { CopilotPool, CopilotServer } from "@/server/copilot/types";
import type { Crypto } from "@/server/crypto/crypto";
import type { Clock } from "@/server/platform/clock";
import { every } from "@/server/platform/every";
import type { Log } from "@/server/platform/log";
import type { Secret } from "@/server/platform/secret";
import type { Tasks } from "@/server/platform/tasks";
import { leavable, membersOf } from "./rules";
import type { FleetStore, StoredServer } from "./store";
import { FLEET_LOOK_MS } from "./tunables";

type Deps = {
  pool: CopilotPool;
  store: Pick<FleetStore, "servers" | "activeTurns">;
  crypto: Pick<Crypto, "open">;
  clock: Clock;
  tasks: Tasks;
  log: Log;
};

/** The column that a sealed connection token is bound to. */
export const TOKEN_COLUMN = "CliServer.token";

/** Who is in the fleet, as this process has seen it last. */
export type Members = {
  /** Without those that are removed, also while they still finish what they have. */
  servers(): CopilotServer[];
  /** Whether this server gets nothing new: it is draining, restarting, or removed. */
  isSetAside(id: string): boolean;
  /** Those of the pool for which that holds. */
  setAside(): ReadonlySet<string>;
  isNamedBySettings(id: string): boolean;
  decided(id: string): StoredServer | undefined;
  /** Those that were removed and are named by the settings, or in the pool still. */
  removed(): StoredServer[];
  restarting: Set<string>;
  /** Reads what was decided, and brings the pool in line with it. One at a time; what was stored before the call is in
   *  force here afterwards. */
  look(): Promise<void>;
};

/** Keeps this process's pool in step with what administrators have decided, in whatever process; looks every
 *  `FLEET_LOOK_MS`. */
export function createMembers({ pool, store, crypto, clock, tasks, log }: Deps): Members {
  /** What the pool began with: servers of CLI_URL, or those that the app supervises. */
  const base = pool.servers.map(({ id }) => id);
  const restarting = new Set<string>();
  let rows = new Map<string, StoredServer>();
  let members: ReadonlySet<string> = new Set(base);
  let leaving: ReadonlySet<string> = new Set();
  let looking: Promise<void> = Promise.resolve();

  // Opened at each connecting: a key of ENCRYPTION_KEYS that is missing is then the reason why there is no connection.
  function tokenOf(id: string): Secret | null {
    const sealed = rows.get(id)?.token ?? null;
    return sealed === null ? null : crypto.open(sealed, { serverId: id, column: TOKEN_COLUMN });
  }

  // One that is removed keeps its connection until no process has a turn there, so that none has to move, and until
  // this process's idle sessions have left. It was removed at the look before too: by now every turn that was given to it
  // meanwhile is stored.
  async function letGo(removed: CopilotServer[]): Promise<void> {
    const waited = removed.filter(({ id }) => leaving.has(id));
    leaving = new Set(removed.map(({ id }) => id));
    if (waited.length === 0) return;
    const turns = await store.activeTurns(waited.map(({ id }) => id));
    for (const server of waited.filter((one) => leavable(one, turns.get(one.id) ?? 0)))
      pool.remove(server.id);
  }

  async function lookNow(): Promise<void> {
    rows = new Map((await store.servers()).map((row) => [row.id, row]));
    members = membersOf(base, [...rows.values()]);
    // In the pool already: nothing happens.
    for (const id of members) pool.add({ id, address: id, token: () => tokenOf(id) });
    await letGo(pool.servers.filter(({ id }) => !members.has(id)));
  }

  const look = () => {
    looking = looking.catch(() => {}).then(lookNow);
    return looking;
  };
  tasks.run("fleet", (signal) => every("fleet", { clock, log, ms: FLEET_LOOK_MS, signal }, look));

  const isSetAside = (id: string) =>
    restarting.has(id) || !members.has(id) || (rows.get(id)?.draining ?? false);

  return {
    servers: () => pool.servers.filter(({ id }) => members.has(id)),
    isSetAside,
    setAside: () => new Set(pool.servers.map(({ id }) => id).filter(isSetAside)),
    isNamedBySettings: (id) => base.includes(id),
    decided: (id) => rows.get(id),
    removed: () =>
      [...rows.values()].filter(
        ({ id, removedAt }) =>
          removedAt !== null && (base.includes(id) || pool.servers.some((server) => server.id === id)),
      ),
    restarting,
    look,
  };
}
