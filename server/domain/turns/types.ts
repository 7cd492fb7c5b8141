import type { AbortTurnResult, SendPromptInput, Turn, TurnRef } from "@/lib/contracts/turns";
import type { Prisma } from "@/server/db/client";
import type { Actor, OwnerId } from "@/server/platform/scope";

/** What the queue and the CLI servers bear. */
export type Limits = {
  /** Turns that one CLI server runs at once. */
  turnsPerServer: number;
  /** Turns that one person runs at once. */
  turnsPerPerson: number;
  /** Sessions that one CLI server keeps in memory: those that run, and idle ones that can go on at once. */
  sessionsPerServer: number;
  /** Turns that wait, of everybody. */
  queued: number;
  /** Turns that wait, of one person. */
  queuedPerPerson: number;
  /** Turns that run and wait, of one API token. */
  turnsPerToken: number;
};

/** Turns that run and that wait, of everybody. `byServer`: those that run, by the id of their CLI server. */
export type ActiveTurns = {
  running: number;
  queued: number;
  longestWaitMs: number;
  byServer: ReadonlyMap<string, number>;
  /** Turns that one CLI server runs at once. */
  serverMax: number;
};

export type Turns = {
  /** Commits the prompt, then answers. The same key with the same prompt gives the same turn; with another
   *  prompt `idempotency_conflict`. Throws `session_not_found`, `turn_already_active`; and
   *  `too_many_turns`, or `queue_full`, where the person or their token, or everybody, has too many waiting. */
  send(actor: Actor, input: SendPromptInput): Promise<TurnRef>;
  /** Asks for the active turn to stop; it ends `aborted` with the text that had arrived. */
  abort(actor: Actor, sessionId: string): Promise<AbortTurnResult>;
  /** The same for a session of `owner`, by somebody else; `note` is the statement that says who, stored together with
   *  the stop where its condition holds. False, and nothing is noted, where no turn is active. */
  stop(owner: OwnerId, sessionId: string, note?: (where: Prisma.Sql) => Prisma.Sql): Promise<boolean>;
  /** The same for one turn, and no other of its session; nothing where it has ended. */
  stopOne(owner: OwnerId, turnId: string): Promise<void>;
  /** The turn that a prompt of `owner` with this key has; null where there is none. */
  sentAs(owner: OwnerId, sent: { sessionId: string; idempotencyKey: string }): Promise<TurnRef | null>;
  /** Asks for every active turn of a person to stop. */
  stopAll(owner: OwnerId): Promise<void>;
  get(actor: Actor, turnId: string): Promise<Turn>;
  active(): Promise<ActiveTurns>;
  /** Sends the prompt of a failed or aborted turn again, as a new turn. Calling it twice gives the same new turn. */
  retry(actor: Actor, turnId: string): Promise<TurnRef>;
};
