import type { Attachment, CopilotServer, CopilotSignal, ModelAccess } from "@/server/copilot/types";
import type { Clock } from "@/server/platform/clock";
import type { Ids } from "@/server/platform/ids";
import type { Fleet } from "../fleet/types";
import type { EventLog, Lease, Leases } from "../sessions/types";
import { memoryOf } from "./memory";
import { SERVER_RETRY_MS, SERVER_WAIT_MS } from "./tunables";

/** What a session must look like on its CLI server before a prompt is sent. */
export type Wanted = { access: ModelAccess; model: string | null };

/** A session's place in a CLI server's memory, kept between turns. */
export type Place = {
  attachment: Attachment;
  serverId: string;
  /** The conversation's id there. */
  cliSession: string;
  /** Null where it is only known that it is Copilot's, with a token that may be out of date. */
  access: ModelAccess | null;
  model: string | null;
  /** Whether it is known that no older turn is being answered there. */
  isQuiet: boolean;
  /** Takes what the CLI says; nobody's while no prompt is under way, so what comes late reaches no other turn. */
  hear(signal: CopilotSignal): void;
};

type Deps = { fleet: Fleet; leases: Leases; log: Pick<EventLog, "read">; clock: Clock; ids: Ids };

/** `seq`: the number of the prompt that is to be asked. `serverId`: where it may run, while that server is ready. */
export type SeatRequest = {
  lease: Lease;
  wanted: Wanted;
  signal: AbortSignal;
  seq: number;
  serverId: string | null;
};

/** True where the server or the connection went away, so nothing is known about the call. */
export const isServerLost = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "cli_server_lost";

/** True where the conversation is not where it was noted: it was copied, and that could not be noted. */
const isConversationBroken = (error: unknown): boolean => error instanceof Error && "isBroken" in error;

export const serverLost = (): Error =>
  Object.assign(new Error("the CLI server was lost"), { code: "cli_server_lost" });

const leaseLost = ({ sessionId }: Lease): Error => new Error(`the lease of session ${sessionId} is lost`);

/** Listens to nothing: what a place hears outside a turn. */
export const hearNothing = (): void => {};

/** Where this process has a session on a CLI server, whatever becomes of the server. */
export class Seat {
  readonly #deps: Deps;
  #place: Place | undefined;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Takes over a place that this process has held while it stood by. */
  adopt(place: Place): void {
    this.#place = place;
  }

  /** The place; undefined where there is none, or its server is lost. */
  get place(): Place | undefined {
    return this.#place?.attachment.lost.aborted ? undefined : this.#place;
  }

  /** Brings the session to the wanted model and token, on the server that has it or on another. A server that dies
   *  meanwhile is replaced by another or by its successor, for `SERVER_WAIT_MS` in all; then throws
   *  `fleet_exhausted` or the CLI's error. Notes in the lease on whose disk the conversation is, before anything is
   *  written there; throws where the lease is lost. */
  async take(request: SeatRequest): Promise<Place> {
    const { place } = this;
    const isRight = place?.serverId === (request.serverId ?? place?.serverId);
    const isSame = place !== undefined && asksTheSame(place.access, request.wanted.access);
    if (place && isRight && isSame && !this.#deps.fleet.isDraining(place.serverId)) {
      try {
        return await adjust(place, request.wanted);
      } catch (error) {
        // Nothing was sent yet, so a server that died just now can be replaced.
        if (!isServerLost(error)) throw error;
      }
    }
    // Whoever else holds it in a server's memory holds it as it was.
    const isFresh = request.wanted.access.kind === "provider" || (place !== undefined && !isSame);
    await this.leave();
    this.#place = await this.#attach(request, isFresh);
    return this.#place;
  }

  /** Lets the session leave the server's memory. The conversation stays on its disk. */
  async leave(): Promise<void> {
    const place = this.#place;
    this.#place = undefined;
    if (place) place.hear = hearNothing;
    await place?.attachment.detach();
  }

  /** `isFresh`: in a copy of the conversation, which nobody has in memory yet. */
  async #attach({ lease, wanted, signal, seq, serverId }: SeatRequest, isFresh: boolean): Promise<Place> {
    const { fleet, leases, log, clock, ids } = this.#deps;
    const deadline = clock.monotonicMs() + SERVER_WAIT_MS;
    const resume = lease.cliServer !== null;
    let isBroken = false;
    let mustCopy = isFresh;
    for (;;) {
      const waitMs = Math.max(0, deadline - clock.monotonicMs());
      const server = await fleet.claim({ preferredId: serverId ?? lease.cliServer, waitMs, signal });
      const ears: Pick<Place, "hear"> = { hear: hearNothing };
      try {
        if (lease.cliServer !== server.id || isBroken || mustCopy || lease.isUnsure) {
          // Copying takes the conversation away from whoever has the lease now.
          if (!(await leases.isNewest(lease.sessionId, lease.fence))) throw leaseLost(lease);
          const cliSession = (await conversationOn(server, lease)) ?? ids.uuid();
          const at = { cliServer: server.id, cliSession };
          lease.isUnsure = true;
          const noted = await leases.setServer(lease.sessionId, lease.fence, at);
          if (!noted) throw leaseLost(lease);
          Object.assign(lease, at, { isUnsure: false });
          isBroken = false;
          mustCopy = false;
        }
        const attachment = await server.attach({
          sessionId: lease.sessionId,
          cliSession: lease.cliSession,
          model: wanted.model,
          access: wanted.access,
          resume,
          earlier: await earlierThan(log, lease),
          rebuild: () => memoryOf(log, lease.sessionId, seq),
          onSignal: (said) => ears.hear(said),
        });
        if (attachment.rebuilt) {
          lease.memoryFromSeq = seq - 1;
          await leases.setMemoryFrom(lease.sessionId, lease.fence, lease.memoryFromSeq);
        }
        return Object.assign(ears, {
          attachment,
          serverId: server.id,
          cliSession: lease.cliSession,
          ...wanted,
          isQuiet: !attachment.resumed,
        });
      } catch (error) {
        isBroken ||= isConversationBroken(error);
        const mayGoOn = isBroken || isServerLost(error);
        if (!mayGoOn || clock.monotonicMs() >= deadline || signal.aborted) throw error;
      }
      // Where the pool does not know yet that the server is gone, it would be picked again at once.
      await clock.sleep(SERVER_RETRY_MS, signal);
    }
  }
}

/** The conversation's id on the server; null where it has to begin anew. The server that it leaves may have it in memory
 *  still, for a standby or because it hangs, and may write on, or answer from a memory that is out of date when the session
 *  comes back. So it goes on in a copy. */
const conversationOn = (server: CopilotServer, { cliServer, cliSession }: Lease): Promise<string | null> =>
  cliServer === null ? Promise.resolve(cliSession) : server.fork(cliSession);

/** What is told of a session beside the CLI's own memory of it. */
export async function earlierThan(
  log: Pick<EventLog, "read">,
  { sessionId, memoryFromSeq }: Pick<Lease, "sessionId" | "memoryFromSeq">,
): Promise<string | null> {
  return memoryFromSeq === null ? null : memoryOf(log, sessionId, memoryFromSeq + 1);
}

/** Whether a session that is attached with the one can go on with the other. A provider's endpoint, key, model and limits
 *  are given at the attaching alone. */
function asksTheSame(one: ModelAccess | null, other: ModelAccess): boolean {
  if (one?.kind !== "provider" || other.kind !== "provider") {
    return other.kind !== "provider" && (one === null || one.kind === other.kind);
  }
  const isUnchanged = one.providerId === other.providerId && one.version === other.version;
  return isUnchanged && one.model === other.model;
}

/** Brings a session that is attached already, and asks the same, to the wanted model and token. */
async function adjust(place: Place, wanted: Wanted): Promise<Place> {
  const { access } = wanted;
  if (access.kind === "user" && !(place.access?.kind === "user" && place.access.token.equals(access.token))) {
    await place.attachment.setToken(access.token);
  }
  place.access = access;
  if (access.kind !== "provider" && wanted.model !== null && wanted.model !== place.model) {
    await place.attachment.setModel(wanted.model);
    place.model = wanted.model;
  }
  return place;
}
