import { createDialer, type Dialer } from "@/server/egress/dialer";
import { startEgressProxy } from "@/server/egress/proxy";
import { type OpenedTarget, parseOpenedTargets } from "@/server/platform/egress-ranges";
import { type Env, isLoopbackHost } from "@/server/platform/env";
import type { Log } from "@/server/platform/log";
import type { Tasks } from "@/server/platform/tasks";

type EgressEnv = Pick<Env, "ALLOWED_EGRESS" | "HTTPS_PROXY" | "GITHUB_URL" | "CLI_URL">;

/** What calls to addresses that people have given are made by. `also`: what is open beside the settings. */
export const createAppDialer = (
  { ALLOWED_EGRESS, HTTPS_PROXY }: Pick<EgressEnv, "ALLOWED_EGRESS" | "HTTPS_PROXY">,
  also: readonly OpenedTarget[] = [],
): Dialer => createDialer({ opened: [...ALLOWED_EGRESS, ...also], upstream: HTTPS_PROXY ?? null });

// The demo's stand-in for GitHub, which no provider may have: this machine, at its port alone.
function githubOn(githubUrl: string): OpenedTarget[] {
  const { hostname, host } = new URL(githubUrl);
  if (!isLoopbackHost(hostname)) return [];
  const parsed = parseOpenedTargets(host);
  return parsed.ok ? parsed.opened : [];
}

/** Starts the proxy through which the CLI servers that the app starts make their calls; it ends with `tasks`. Undefined
 *  where the CLI servers run elsewhere, and have one of their own. */
export async function startCliEgress(env: EgressEnv, tasks: Tasks, log: Log): Promise<string | undefined> {
  if (env.CLI_URL.length > 0) return undefined;
  const proxy = await startEgressProxy({ dialer: createAppDialer(env, githubOn(env.GITHUB_URL)), log });
  tasks.run("egress proxy", async (signal) => {
    await new Promise<void>((resolve) => {
      if (signal.aborted) return resolve();
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    await proxy.close();
  });
  return proxy.url;
}
