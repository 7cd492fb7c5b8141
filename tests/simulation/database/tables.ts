import { DatabaseError } from "pg";
import type { EventRow } from "@/server/domain/sessions/event-log";
import type { ProcessRole } from "@/server/domain/sessions/types";
import type { TurnRow } from "@/server/domain/turns/store";

export type SessionRow = {
  id: string;
  ownerId: string;
  model: string | null;
  title: string;
  titleSource: "default" | "prompt" | "user";
};

export type HeadRow = {
  sessionId: string;
  lastSeq: number;
  fence: number;
  leaseOwner: string | null;
  leaseExpiresAt: number | null;
  cliServer: string | null;
  cliSession: string;
  memoryFromSeq: number | null;
  standby: string | null;
  standbyFence: number | null;
};

/** One append as it was stored: by whom, under which fence, and which one was the newest. */
export type Write = {
  sessionId: string;
  by: string;
  fence: number | null;
  newestFence: number;
  /** The process that took the newest fence. */
  holder: string | null;
  firstSeq: number;
  lastSeq: number;
};

/** The tables that running turns stand on, with their unique rules. Each method is one statement: it happens as a
 *  whole or throws. */
export class Tables {
  readonly sessions = new Map<string, SessionRow>();
  readonly heads = new Map<string, HeadRow>();
  readonly turns = new Map<string, TurnRow>();
  readonly processes = new Map<string, ProcessRole>();
  readonly drainingServers = new Set<string>();
  readonly #events = new Map<string, EventRow[]>();
  readonly writes: Write[] = [];
  /** Which process took which fence, by session and fence. */
  readonly #holders = new Map<string, string>();

  addSession(id: string, ownerId: string): void {
    this.sessions.set(id, { id, ownerId, model: null, title: "New session", titleSource: "default" });
    this.heads.set(id, {
      ...{ sessionId: id, lastSeq: 0, fence: 0, leaseOwner: null, leaseExpiresAt: null },
      ...{ cliServer: null, cliSession: id, memoryFromSeq: null, standby: null, standbyFence: null },
    });
    this.#events.set(id, []);
  }

  eventsOf(sessionId: string): readonly EventRow[] {
    return this.#events.get(sessionId) ?? [];
  }

  turnsOf(sessionId: string): TurnRow[] {
    return [...this.turns.values()].filter((turn) => turn.sessionId === sessionId);
  }

  active(sessionId: string): TurnRow | undefined {
    return this.turnsOf(sessionId).find(isActive);
  }

  noteHolder(sessionId: string, fence: number, processId: string): void {
    this.#holders.set(`${sessionId} ${fence}`, processId);
  }

  holderOf(sessionId: string, fence: number): string | null {
    return this.#holders.get(`${sessionId} ${fence}`) ?? null;
  }

  /** Throws what Postgres throws where a new turn breaks a unique rule; `either` where it breaks both. */
  checkUnique(turn: TurnRow, either: () => boolean): void {
    const isKnown = this.turnsOf(turn.sessionId).some(
      ({ idempotencyKey }) => idempotencyKey === turn.idempotencyKey,
    );
    const isBusy = this.active(turn.sessionId) !== undefined;
    if (!isKnown && !isBusy) return;
    const isSameKey = isKnown && (!isBusy || either());
    const constraint = isSameKey ? "Turn_sessionId_idempotencyKey_key" : "Turn_one_active_per_session";
    throw Object.assign(new DatabaseError("duplicate key", 0, "error"), { code: "23505", constraint });
  }

  addEvents(sessionId: string, rows: EventRow[]): void {
    const events = this.#events.get(sessionId) ?? [];
    for (const row of rows) {
      if ((events.at(-1)?.seq ?? 0) >= row.seq) throw new Error(`event ${row.seq} is not the newest`);
      // A copy, as rows are: nobody's object is in the table.
      events.push({ ...row, data: JSON.parse(JSON.stringify(row.data)) });
    }
  }

  /** Changes a row that is stored, as nothing may. */
  rewrite(sessionId: string, seq: number): void {
    const row = this.eventsOf(sessionId).find((event) => event.seq === seq);
    if (row) row.at = new Date(0);
  }

  removeEvents(sessionId: string, seqs: readonly number[]): void {
    const gone = new Set(seqs);
    this.#events.set(
      sessionId,
      this.eventsOf(sessionId).filter(({ seq }) => !gone.has(seq)),
    );
  }
}

export const isActive = ({ status }: TurnRow): boolean => status === "queued" || status === "running";
