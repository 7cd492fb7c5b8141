import { createServer } from "node:http";
import type { Stack } from "@/scripts/lib/stack";
import type { GatedStack } from "./gated-stack";

export type Pids = { app: number; postgres: number; simulators: number; cli: number | null };

type Control = { url: string; close(): Promise<void> };

/** What a journey may do to the running product. */
function actionsOn(stack: Stack, gated: GatedStack): Record<string, () => Promise<unknown>> {
  return {
    "gated/start": () => gated.start(),
    "gated/reread": () => gated.reread(),
    "app/kill": () => stack.app.kill(),
    "app/restart": () => stack.app.restart(),
    "postgres/restart": async () => stack.postgres?.restart(),
    "simulators/restart": () => stack.simulators.restart(),
    "cli/kill": async () => {
      const pid = await stack.cliPid();
      if (pid === undefined) throw new Error("There is no CLI server to kill.");
      process.kill(pid, "SIGKILL");
    },
    pids: async (): Promise<Pids> => ({
      app: stack.app.pid(),
      postgres: stack.postgres?.pid() ?? 0,
      simulators: stack.simulators.pid(),
      cli: (await stack.cliPid()) ?? null,
    }),
  };
}

/** Lets the journeys, which run in processes of their own, kill and restart parts: `POST <url>/app/kill`. */
export async function startControl(stack: Stack, gated: GatedStack): Promise<Control> {
  const actions = actionsOn(stack, gated);
  const server = createServer((request, response) => {
    const action = request.method === "POST" ? actions[(request.url ?? "").slice(1)] : undefined;
    const answer = (status: number, body: unknown) => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body ?? {}));
    };
    if (!action) return answer(404, { error: "no such action" });
    action().then(
      (result) => answer(200, result),
      (error: unknown) => answer(500, { error: String(error) }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
