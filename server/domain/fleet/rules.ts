import { AppError } from "@/lib/errors/app-error";
import type { CopilotServer } from "@/server/copilot/types";

/** The server a session should run on: the preferred one while it is ready, because its disk holds the
 *  conversation; else the first that is ready; undefined where none is. */
export function pickServer(
  servers: readonly CopilotServer[],
  preferredId: string | null,
): CopilotServer | undefined {
  const ready = servers.filter((server) => server.state() === "ready");
  return ready.find((server) => server.id === preferredId) ?? ready[0];
}

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : "internal";

/** What a person is told where their models cannot be listed. */
export function toModelListError(cause: unknown): AppError {
  switch (codeOf(cause)) {
    case "github_sign_in_required":
      return new AppError("github_sign_in_required", { cause });
    case "copilot_not_licensed":
      return new AppError("copilot_not_licensed", { cause });
    case "cli_server_lost":
      return new AppError("fleet_exhausted", { cause });
    default:
      return new AppError("github_unavailable", { cause });
  }
}
