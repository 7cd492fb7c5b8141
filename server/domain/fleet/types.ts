import type { AddServerInput, Fleet as FleetView, ServerRef } from "@/lib/contracts/fleet";
import type { ModelList } from "@/lib/contracts/models";
import type { CopilotServer, ServerState, StoredConversation } from "@/server/copilot/types";
import type { Actor } from "@/server/platform/scope";

/** A CLI server as this process sees it. */
export type ServerStatus = { id: string; state: ServerState; draining: boolean; isSpare: boolean };

/** The fleet for its administrators. Changes come with a line in the audit log, both or neither, are in force in this
 *  process when they resolve, in every other within `FLEET_LOOK_MS`, and survive a restart. All but `list` and `add`
 *  reject with `server_not_found` where the server is not in the fleet. */
export type FleetManagement = {
  /** The fleet as this process sees it, with what is counted over all processes. */
  list(): Promise<FleetView>;
  /** Takes a server in, or back, without asking it: until it answers it is `starting`. See `AddServerInput` for what is
   *  sent to it. Rejects with `server_exists`. */
  add(actor: Actor, input: AddServerInput): Promise<ServerRef>;
  /** From now on this server finishes what it has and gets nothing new. Safe to repeat; so is `resume`. */
  drain(actor: Actor, id: string): Promise<void>;
  resume(actor: Actor, id: string): Promise<void>;
  /** Has a supervised server started anew as soon as its turns have ended, after `RESTART_GRACE_MS` at most; turns that
   *  run then, and its sessions, go on elsewhere. Resolves at once; does nothing while one is under way. Rejects with
   *  `server_not_supervised`. */
  restart(actor: Actor, id: string): Promise<void>;
  /** Takes a server out: it gets nothing new, finishes what it has, and is left when nothing runs there any more. Its
   *  sessions go on elsewhere with their next prompt. Its own token is forgotten. Rejects with `server_supervised`. */
  remove(actor: Actor, id: string): Promise<void>;
};

export type Fleet = FleetManagement & {
  /** A ready CLI server, `preferredId` where it is ready. Waits up to `waitMs`; throws `fleet_exhausted`. */
  claim(options: {
    preferredId: string | null;
    waitMs: number;
    signal?: AbortSignal;
  }): Promise<CopilotServer>;
  /** Whether this server gets nothing new, and its sessions leave: it is drained, restarted or removed. */
  isDraining(id: string): boolean;
  /** Ids of the servers that may get new turns. */
  forTurns(): string[];
  /** True while this server answers. */
  answers(id: string): boolean;
  /** True while at least one CLI server answers. */
  anyReady(): boolean;
  /** All servers, ready or not. */
  status(): ServerStatus[];
  /** The server with this id, ready or not; undefined where it is not in the fleet, or was removed and left. */
  find(id: string): CopilotServer | undefined;
  /** The conversations that this server has on its disk, of people's sessions and any others. Servers with one home
   *  have the same ones. Rejects with `server_not_found` where it is not in the fleet, and where it does not answer. */
  conversationsOn(id: string): Promise<StoredConversation[]>;
  /** Models this person may pick now: Copilot's, asked with the identity that their sessions have and remembered for
   *  `MODEL_LIST_TTL_MS`, and those of providers. Where Copilot's cannot be had the others are there all the same; where there
   *  are no others it throws `fleet_exhausted`, `github_sign_in_required`, `copilot_not_licensed`,
   *  `service_identity_refused`, `github_unavailable`. */
  models(actor: Actor): Promise<ModelList>;
};
