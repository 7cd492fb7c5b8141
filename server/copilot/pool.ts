import type { Secret } from "@/server/platform/secret";
import type { Tasks } from "@/server/platform/tasks";
import type { CliOptions } from "./cli-process";
import { createServer } from "./server";
import { createSupervisor } from "./supervisor";
import { SPARE_DELAY_MS } from "./tunables";
import type { CopilotPool } from "./types";

/** Ids of the servers that the app starts itself: one that works, and one that is warm for when it dies. */
const SUPERVISED_SERVER_ID = "local";
const SPARE_SERVER_ID = "spare";

type Options = CliOptions & {
  /** `host:port` of each external server; empty: a server and its spare are started and supervised here. */
  addresses: string[];
  connectionToken: Secret;
  tasks: Tasks;
};

/** Opens the pool: one connection a server, kept open by background tasks that end with `tasks`. */
export function createPool(options: Options): CopilotPool {
  const { addresses, connectionToken, tasks, clock, log } = options;
  const listeners = new Set<() => void>();
  const onChange = () => {
    for (const listener of listeners) listener();
  };

  const common = { onChange, clock, log };
  const supervise = (id: string, isSpare: boolean) => {
    const supervisor = createSupervisor({ ...options, name: isSpare ? "spare" : "server" });
    tasks.run(`cli supervisor ${id}`, async (signal) => {
      if (isSpare) await clock.sleep(SPARE_DELAY_MS, signal);
      await supervisor.run(signal);
    });
    return createServer({
      id,
      isSpare,
      endpoint: supervisor.endpoint,
      onHung: supervisor.kill,
      ...common,
    });
  };
  const servers =
    addresses.length === 0
      ? [supervise(SUPERVISED_SERVER_ID, false), supervise(SPARE_SERVER_ID, true)]
      : addresses.map((address) =>
          createServer({
            id: address,
            endpoint: async () => ({ address, token: connectionToken }),
            ...common,
          }),
        );

  for (const server of servers) tasks.run(`cli connection ${server.id}`, (signal) => server.run(signal));

  return {
    servers,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
