import type { ModelList } from "@/lib/contracts/models";
import type { CopilotServer, ServerState, StoredConversation } from "@/server/copilot/types";
import type { Actor } from "@/server/platform/scope";

/** A CLI server as this process sees it. */
export type ServerStatus = { id: string; state: ServerState; draining: boolean; isSpare: boolean };

export type Fleet = {
  /** A ready CLI server, `preferredId` where it is ready. Waits up to `waitMs`; throws `fleet_exhausted`. */
  claim(options: {
    preferredId: string | null;
    waitMs: number;
    signal?: AbortSignal;
  }): Promise<CopilotServer>;
  /** From now on this server finishes what it has and gets nothing new, or does again. In force in every process within
   *  `DRAINING_LOOK_MS`. */
  setDraining(id: string, draining: boolean): Promise<void>;
  isDraining(id: string): boolean;
  /** Ids of the servers that may get new turns. */
  forTurns(): string[];
  /** True while this server answers. */
  answers(id: string): boolean;
  /** True while at least one CLI server answers. */
  anyReady(): boolean;
  /** All servers, ready or not. */
  status(): ServerStatus[];
  /** The server with this id, ready or not; undefined where the configuration no longer names it. */
  find(id: string): CopilotServer | undefined;
  /** The conversations that this server has on its disk, of people's sessions and any others. Servers with one home
   *  have the same ones. Rejects with `server_not_found` where it is not in the fleet, and where it does not answer. */
  conversationsOn(id: string): Promise<StoredConversation[]>;
  /** Models this person may pick now, asked with their own GitHub token. Throws `fleet_exhausted`,
   *  `github_sign_in_required`, `github_unavailable`. Cached per person for `MODEL_LIST_TTL_MS`. */
  models(actor: Actor): Promise<ModelList>;
};
