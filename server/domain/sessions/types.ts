import type {
  CreateSessionInput,
  EventPage,
  ListEventsInput,
  ListSessionsInput,
  SessionPage,
  SessionSummary,
  UpdateSessionInput,
} from "@/lib/contracts/sessions";
import type { WireEvent } from "@/lib/events/wire";
import type { Actor } from "@/server/platform/scope";

export type Sessions = {
  list(actor: Actor, input: ListSessionsInput): Promise<SessionPage>;
  get(actor: Actor, sessionId: string): Promise<SessionSummary>;
  create(actor: Actor, input: CreateSessionInput): Promise<SessionSummary>;
  update(actor: Actor, input: UpdateSessionInput): Promise<SessionSummary>;
  /** Removes the session, its turns and its log at once; its files on the CLI server follow in the background. */
  delete(actor: Actor, sessionId: string): Promise<void>;
  events(actor: Actor, input: ListEventsInput): Promise<EventPage>;
  /** Every event after `afterSeq`, once, in order, then each new one as it comes. Ends when `signal` aborts, the
   *  session is deleted, or `stillAllowed` answers false (asked every `WATCH_RECHECK_MS`). */
  watch(
    actor: Actor,
    sessionId: string,
    options: { afterSeq: number; signal: AbortSignal; stillAllowed: () => Promise<boolean> },
  ): AsyncGenerator<WireEvent[]>;
};

/** The bell's topic for the runner of a session: a turn was queued, a stop was asked for, or the session is gone.
 *  Watchers listen to the session id itself. */
export const runnerTopic = (sessionId: string): string => `run:${sessionId}`;
