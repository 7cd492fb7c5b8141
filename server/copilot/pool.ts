import { usageOf } from "@/server/platform/processes";
import type { Secret } from "@/server/platform/secret";
import type { Tasks } from "@/server/platform/tasks";
import type { CliOptions } from "./cli-process";
import { createServer, type ManagedServer } from "./server";
import { createSupervisor } from "./supervisor";
import { SPARE_DELAY_MS } from "./tunables";
import type { CopilotPool, JoiningServer } from "./types";

/** Ids of the servers that the app starts itself: one that works, and one that is warm for when it dies. */
const SUPERVISED_SERVER_ID = "local";
const SPARE_SERVER_ID = "spare";

type Options = CliOptions & {
  /** `host:port` of each external server; empty: a server and its spare are started and supervised here. */
  addresses: readonly string[];
  connectionToken: Secret;
  tasks: Tasks;
};

type Member = { server: ManagedServer; removed: AbortController };

function processOf(pid: number | null) {
  if (pid === null) return null;
  const usage = usageOf(pid);
  return { pid, memoryBytes: usage?.memoryBytes ?? null, children: usage?.children ?? null };
}

/** Opens the pool: one connection a server, kept open by background tasks that end with `tasks`. */
export function createPool(options: Options): CopilotPool {
  const { addresses, connectionToken, tasks, clock, log } = options;
  const listeners = new Set<() => void>();
  const onChange = () => {
    for (const listener of listeners) listener();
  };

  const common = { onChange, clock, log };
  let members: Member[] = [];

  function join(server: ManagedServer): void {
    const removed = new AbortController();
    members = [...members, { server, removed }];
    tasks.run(`cli connection ${server.id}`, (signal) =>
      server.run(AbortSignal.any([signal, removed.signal])),
    );
  }

  function supervise(id: string, isSpare: boolean): ManagedServer {
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
      supervised: { process: () => processOf(supervisor.pid()), restart: supervisor.restart },
      ...common,
    });
  }

  function add({ id, address, token }: JoiningServer): void {
    if (members.some(({ server }) => server.id === id)) return;
    const endpoint = async () => ({ address, token: token() ?? connectionToken });
    join(createServer({ id, endpoint, ...common }));
    onChange();
  }

  for (const address of addresses) add({ id: address, address, token: () => null });
  if (addresses.length === 0) {
    join(supervise(SUPERVISED_SERVER_ID, false));
    join(supervise(SPARE_SERVER_ID, true));
  }

  return {
    get servers() {
      return members.map(({ server }) => server);
    },
    add,
    remove(id) {
      const leaving = members.find(({ server }) => server.id === id);
      if (!leaving || leaving.server.supervised) return;
      members = members.filter((member) => member !== leaving);
      leaving.removed.abort("removed");
      onChange();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
