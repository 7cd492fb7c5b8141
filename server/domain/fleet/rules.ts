import { AppError } from "@/lib/errors/app-error";
import type { CopilotServer } from "@/server/copilot/types";
import type { StoredServer } from "./store";

/** True where a server takes calls. */
export const answers = (server: CopilotServer): boolean =>
  server.state() === "ready" || server.state() === "quarantined";

// A spare works only where nothing else does, and a server that was lost again and again only where no spare does.
function rank(server: CopilotServer): number {
  if (server.state() === "quarantined") return 2;
  return server.isSpare ? 1 : 0;
}

type Excluded = ReadonlySet<string>;

/** Those of the best rank among the servers that answer, the one with the fewest sessions of this process first. */
function bestOf(servers: readonly CopilotServer[], excluded: Excluded): CopilotServer[] {
  const answering = servers.filter((server) => answers(server) && !excluded.has(server.id));
  const best = Math.min(...answering.map(rank));
  return answering.filter((server) => rank(server) === best).toSorted((a, b) => a.load() - b.load());
}

/** The server a session should run on: the preferred one while it is ready, because it has the conversation in reach;
 *  else the one of the best rank with the fewest sessions of this process; undefined where none answers. One that is
 *  `excluded` gets nothing new. */
export function pickServer(
  servers: readonly CopilotServer[],
  preferredId: string | null,
  excluded: Excluded = new Set(),
): CopilotServer | undefined {
  const preferred = servers.find(({ id }) => id === preferredId);
  if (preferred?.state() === "ready" && !excluded.has(preferred.id)) return preferred;
  return bestOf(servers, excluded)[0];
}

/** The servers that may get new turns: those of the best rank, the one with the fewest sessions of this process first.
 *  Where none answers, all: a turn that is given to one of them waits for it only so long, and then says so. */
export function serversForTurns(servers: readonly CopilotServer[], excluded: Excluded): CopilotServer[] {
  const best = bestOf(servers, excluded);
  return best.length > 0 ? best : [...servers];
}

/** The servers that are in the fleet: those that the app starts with (`base`) and those that were added, without those that
 *  were removed. */
export function membersOf(base: readonly string[], decided: readonly StoredServer[]): ReadonlySet<string> {
  const members = new Set(base);
  for (const { id, added, removedAt } of decided) {
    if (removedAt !== null) members.delete(id);
    else if (added) members.add(id);
  }
  return members;
}

/** Whether nothing is lost where the connection to a removed server is closed. One that does not answer has nothing. */
export const leavable = (server: CopilotServer, activeTurns: number): boolean =>
  !answers(server) || (activeTurns === 0 && server.load() === 0);

/** The code of an error that has one. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : "internal";

/** What a person is told where their models cannot be listed. */
export function toModelListError(cause: unknown): AppError {
  switch (codeOf(cause)) {
    case "github_sign_in_required":
      return new AppError("github_sign_in_required", { cause });
    case "copilot_not_licensed":
      return new AppError("copilot_not_licensed", { cause });
    case "service_identity_refused":
      return new AppError("service_identity_refused", { cause });
    case "cli_server_lost":
      return new AppError("fleet_exhausted", { cause });
    default:
      return new AppError("github_unavailable", { cause });
  }
}
