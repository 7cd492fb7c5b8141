import type { Fleet as FleetView, ServerRow } from "@/lib/contracts/fleet";
import { AppError } from "@/lib/errors/app-error";
import type { CopilotServer, Supervised } from "@/server/copilot/types";
import type { Crypto } from "@/server/crypto/crypto";
import type { Clock } from "@/server/platform/clock";
import type { Actor } from "@/server/platform/scope";
import type { Tasks } from "@/server/platform/tasks";
import type { AuditEntry } from "../audit/types";
import { type Members, TOKEN_COLUMN } from "./members";
import type { FleetStore, ServerLoad } from "./store";
import { RESTART_GRACE_MS, RESTART_LOOK_MS } from "./tunables";
import type { FleetManagement } from "./types";

type Deps = {
  members: Members;
  store: FleetStore;
  crypto: Pick<Crypto, "seal">;
  clock: Clock;
  tasks: Tasks;
  turnsPerServer: number;
};

const entryOf = (action: AuditEntry["action"], actor: Actor, id: string): AuditEntry => ({
  ...{ action, actor },
  target: { type: "server", id },
});

/** What administrators see of the fleet and do with it. See `FleetManagement` for what each call guarantees. */
export function createManagement(deps: Deps): FleetManagement {
  const { members, store, crypto, clock, tasks, turnsPerServer } = deps;

  async function memberOf(id: string): Promise<CopilotServer> {
    await members.look();
    const server = members.servers().find((one) => one.id === id);
    if (!server) throw new AppError("server_not_found");
    return server;
  }

  function rowOf(server: CopilotServer, load: ServerLoad | undefined): ServerRow {
    const { id, address, isSpare, supervised } = server;
    const process = supervised?.process() ?? null;
    const source = members.isNamedBySettings(id) ? "settings" : "added";
    return {
      ...{ id, address, isSpare },
      source: supervised ? "supervised" : source,
      state: server.state(),
      draining: members.decided(id)?.draining ?? false,
      restarting: members.restarting.has(id),
      version: server.version(),
      activeTurns: load?.activeTurns ?? 0,
      turnsMax: turnsPerServer,
      attachedSessions: server.load(),
      sessions: load?.sessions ?? 0,
      memoryBytes: process?.memoryBytes ?? null,
      children: process?.children ?? null,
      pid: process?.pid ?? null,
      ...server.health(),
    };
  }

  async function setDraining(actor: Actor, id: string, draining: boolean): Promise<void> {
    await memberOf(id);
    await store.setDraining(id, draining, entryOf(draining ? "server.drained" : "server.resumed", actor, id));
    await members.look();
  }

  /** Waits until no turn runs there, `RESTART_GRACE_MS` at most. Where the database does not say, until then. */
  async function untilIdle(id: string, signal: AbortSignal): Promise<void> {
    const deadline = clock.monotonicMs() + RESTART_GRACE_MS;
    while (!signal.aborted && clock.monotonicMs() < deadline) {
      const turns = await store.activeTurns([id]).catch(() => null);
      if (turns && (turns.get(id) ?? 0) === 0) return;
      await clock.sleep(RESTART_LOOK_MS, signal);
    }
  }

  function beginRestart(id: string, supervised: Supervised): void {
    tasks.run(`restart ${id}`, async (signal) => {
      try {
        await untilIdle(id, signal);
        if (!signal.aborted) await supervised.restart();
      } finally {
        members.restarting.delete(id);
      }
    });
  }

  return {
    async list(): Promise<FleetView> {
      const servers = members.servers();
      const removed = members.removed();
      const ids = [...servers, ...removed].map(({ id }) => id);
      const [loads, waitingTurns] = await Promise.all([store.loads(ids), store.waitingTurns()]);
      const loadOf = new Map(loads.map((load) => [load.id, load]));
      return {
        servers: servers.map((server) => rowOf(server, loadOf.get(server.id))),
        removed: removed.flatMap(({ id, removedAt }) =>
          removedAt === null ? [] : [{ id, removedAt, activeTurns: loadOf.get(id)?.activeTurns ?? 0 }],
        ),
        waitingTurns,
      };
    },

    async add(actor, { address, token }) {
      await members.look();
      // As CLI_URL spells it.
      const known = [...members.servers(), ...members.removed()].find(
        (one) => one.id.toLowerCase() === address,
      );
      const id = known?.id ?? address;
      if (members.servers().some((server) => server.id === id)) throw new AppError("server_exists");
      const sealed = token ? crypto.seal(token, { serverId: id, column: TOKEN_COLUMN }) : null;
      const row = { id, added: !members.isNamedBySettings(id), token: sealed };
      const entry = { ...entryOf("server.added", actor, id), details: { ownToken: sealed !== null } };
      if (!(await store.add(row, entry))) throw new AppError("server_exists");
      await members.look();
      return { id };
    },

    drain: (actor, id) => setDraining(actor, id, true),
    resume: (actor, id) => setDraining(actor, id, false),

    async restart(actor, id) {
      const { supervised } = await memberOf(id);
      if (!supervised) throw new AppError("server_not_supervised");
      if (members.restarting.has(id)) return;
      members.restarting.add(id);
      try {
        await store.record(entryOf("server.restarted", actor, id));
      } catch (error) {
        members.restarting.delete(id);
        throw error;
      }
      beginRestart(id, supervised);
    },

    async remove(actor, id) {
      const server = await memberOf(id);
      if (server.supervised) throw new AppError("server_supervised");
      await store.remove(id, entryOf("server.removed", actor, id));
      await members.look();
    },
  };
}
