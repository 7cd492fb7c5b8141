import type { Attachment, CopilotSignal } from "@/server/copilot/types";
import type { Clock } from "@/server/platform/clock";
import type { Secret } from "@/server/platform/secret";
import type { Fleet } from "../fleet/types";
import type { Lease, Leases } from "../sessions/leases";
import { SERVER_WAIT_MS } from "./tunables";

/** What a session must look like on its CLI server before a prompt is sent. */
export type Wanted = { token: Secret; model: string | null };

/** A session's place in a CLI server's memory, kept between turns. */
export type Place = { attachment: Attachment; token: Secret; model: string | null };

type Deps = { fleet: Fleet; leases: Leases; clock: Clock };

export type AttachRequest = {
  lease: Lease;
  wanted: Wanted;
  onSignal(signal: CopilotSignal): void;
  /** Called where a conversation that should have been there was gone. */
  onMemoryLost(): void;
  signal: AbortSignal;
};

const isServerLost = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "cli_server_lost";

/** Attaches a session, with its conversation where a server has it. A server that dies meanwhile is replaced by
 *  another or by its successor, for `SERVER_WAIT_MS` in all; then throws `fleet_exhausted` or the CLI's error.
 *  Notes in the lease on whose disk the conversation is, before anything is written there. */
export async function attachSession(deps: Deps, request: AttachRequest): Promise<Place> {
  const { fleet, leases, clock } = deps;
  const { lease, wanted, signal } = request;
  const deadline = clock.monotonicMs() + SERVER_WAIT_MS;
  for (;;) {
    const waitMs = Math.max(0, deadline - clock.monotonicMs());
    const server = await fleet.claim({ preferredId: lease.cliServer, waitMs, signal });
    const resume = lease.cliServer !== null;
    try {
      if (lease.cliServer !== server.id) {
        await leases.setServer(lease.sessionId, lease.fence, server.id);
        lease.cliServer = server.id;
      }
      const attachment = await server.attach({
        sessionId: lease.sessionId,
        model: wanted.model,
        gitHubToken: wanted.token,
        resume,
        onSignal: request.onSignal,
      });
      if (resume && !attachment.resumed) request.onMemoryLost();
      return { attachment, ...wanted };
    } catch (error) {
      if (!isServerLost(error) || clock.monotonicMs() >= deadline || signal.aborted) throw error;
    }
  }
}

/** Brings a session that is attached already to the wanted model and token. */
export async function adjust(place: Place, wanted: Wanted): Promise<void> {
  if (!place.token.equals(wanted.token)) {
    await place.attachment.setToken(wanted.token);
    place.token = wanted.token;
  }
  if (wanted.model !== null && wanted.model !== place.model) {
    await place.attachment.setModel(wanted.model);
    place.model = wanted.model;
  }
}
