import type { CopilotPool, CopilotSignal, JoiningServer } from "@/server/copilot/types";
import { createFakeServer } from "./copilot-server";
import type { FakeServer, Home } from "./copilot-types";

export type FakePool = Omit<CopilotPool, "servers"> & {
  readonly servers: readonly FakeServer[];
  /** How each was added that was. */
  joined: Map<string, JoiningServer>;
  first: FakeServer;
  /** What the CLI said in answer to each prompt that it took, by turn. */
  journal: Map<string, CopilotSignal[]>;
};

/** A pool without processes, as scriptable as a test needs. Every server starts ready. */
export function createFakePool(...ids: string[]): FakePool {
  const listeners = new Set<() => void>();
  const changed = () => {
    for (const listener of [...listeners]) listener();
  };
  const home: Home = { disk: new Set(), journal: new Map() };
  const first = createFakeServer(ids[0] ?? "cli-1", home, changed);
  let servers = [first, ...ids.slice(1).map((id) => createFakeServer(id, home, changed))];
  const joined = new Map<string, JoiningServer>();
  return {
    first,
    journal: home.journal,
    joined,
    get servers() {
      return servers;
    },
    add(joining) {
      if (servers.some(({ id }) => id === joining.id)) return;
      joined.set(joining.id, joining);
      servers = [...servers, createFakeServer(joining.id, home, changed)];
      changed();
    },
    remove(id) {
      const leaving = servers.find((server) => server.id === id);
      if (!leaving || leaving.supervised) return;
      servers = servers.filter((server) => server !== leaving);
      leaving.die();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
