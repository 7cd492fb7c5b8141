import type { Secret } from "@/server/platform/secret";
import type { Tasks } from "@/server/platform/tasks";
import type { CliOptions } from "./cli-process";
import { createServer } from "./server";
import { createSupervisor } from "./supervisor";
import type { CopilotPool } from "./types";

/** Id of the server that the app starts itself. */
export const SUPERVISED_SERVER_ID = "local";

type Options = CliOptions & {
  /** `host:port` of each external server; empty: one server is started and supervised here. */
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

  const supervisor = addresses.length === 0 ? createSupervisor(options) : undefined;
  const servers = supervisor
    ? [createServer({ id: SUPERVISED_SERVER_ID, endpoint: supervisor.endpoint, onChange, clock, log })]
    : addresses.map((address) =>
        createServer({
          id: address,
          endpoint: async () => ({ address, token: connectionToken }),
          onChange,
          clock,
          log,
        }),
      );

  if (supervisor) tasks.run("cli supervisor", (signal) => supervisor.run(signal));
  for (const server of servers) tasks.run(`cli connection ${server.id}`, (signal) => server.run(signal));

  return {
    servers,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
