import type { Attachment, CopilotSignal } from "@/server/copilot/types";
import type { Clock } from "@/server/platform/clock";
import type { Secret } from "@/server/platform/secret";
import type { Fleet } from "../fleet/types";
import type { Lease, Leases } from "../sessions/types";
import { SERVER_RETRY_MS, SERVER_WAIT_MS } from "./tunables";

/** What a session must look like on its CLI server before a prompt is sent. */
export type Wanted = { token: Secret; model: string | null };

/** A session's place in a CLI server's memory, kept between turns. */
export type Place = {
  attachment: Attachment;
  token: Secret;
  model: string | null;
  /** Takes what the CLI says; nobody's while no prompt is under way, so what comes late reaches no other turn. */
  hear(signal: CopilotSignal): void;
};

type Deps = { fleet: Fleet; leases: Leases; clock: Clock };

export type AttachRequest = { lease: Lease; wanted: Wanted; signal: AbortSignal };

/** True where the server or the connection went away, so nothing is known about the call. */
export const isServerLost = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "cli_server_lost";

/** Listens to nothing: what a place hears outside a turn. */
export const hearNothing = (): void => {};

/** Attaches a session, with its conversation where a server has it. A server that dies meanwhile is replaced by
 *  another or by its successor, for `SERVER_WAIT_MS` in all; then throws `fleet_exhausted` or the CLI's error.
 *  Notes in the lease on whose disk the conversation is, before anything is written there; throws where the lease
 *  is lost. */
export async function attachSession(deps: Deps, request: AttachRequest): Promise<Place> {
  const { fleet, leases, clock } = deps;
  const { lease, wanted, signal } = request;
  const deadline = clock.monotonicMs() + SERVER_WAIT_MS;
  const resume = lease.cliServer !== null;
  for (;;) {
    const waitMs = Math.max(0, deadline - clock.monotonicMs());
    const server = await fleet.claim({ preferredId: lease.cliServer, waitMs, signal });
    if (lease.cliServer !== server.id) {
      const noted = await leases.setServer(lease.sessionId, lease.fence, server.id);
      if (!noted) throw new Error(`the lease of session ${lease.sessionId} is lost`);
      lease.cliServer = server.id;
    }
    const ears: Pick<Place, "hear"> = { hear: hearNothing };
    try {
      const attachment = await server.attach({
        sessionId: lease.sessionId,
        model: wanted.model,
        gitHubToken: wanted.token,
        resume,
        onSignal: (said) => ears.hear(said),
      });
      return Object.assign(ears, { attachment, ...wanted });
    } catch (error) {
      if (!isServerLost(error) || clock.monotonicMs() >= deadline || signal.aborted) throw error;
    }
    // Where the pool does not know yet that the server is gone, it would be picked again at once.
    await clock.sleep(SERVER_RETRY_MS, signal);
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
