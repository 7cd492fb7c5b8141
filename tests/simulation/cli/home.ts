import type { ModelCall } from "@/tests/chaos/history";

/** An event of the CLI, as far as Flightdeck reads it. */
export type CliEvent = { id: string; type: string; data: Record<string, unknown> };

/** What all CLI servers share: the home folder with the journal of each session, and the model that they ask. */
export class Home {
  readonly #journals = new Map<string, CliEvent[]>();
  readonly #origins = new Map<string, string>();
  readonly calls: ModelCall[] = [];

  /** Null where nothing was ever said in the session. */
  journalOf(sessionId: string): readonly CliEvent[] | null {
    return this.#journals.get(sessionId) ?? null;
  }

  /** Copies a journal to a new one; answers with its id. Of the original a note of that id is left. */
  fork(sessionId: string, copyId: string): string {
    const journal = this.#journals.get(sessionId);
    if (!journal) throw new Error(`Request failed with message: Session not found: ${sessionId}`);
    const message = `Forked this session into "Flightdeck" (${copyId}).`;
    const note: CliEvent = { id: copyId, type: "session.info", data: { infoType: "fork", message } };
    this.#journals.set(copyId, [...journal, note]);
    this.#journals.set(sessionId, [note]);
    this.#origins.set(copyId, this.originOf(sessionId));
    return copyId;
  }

  /** True where a journal lacks its beginning, so that the session cannot be resumed. */
  isBroken(sessionId: string): boolean {
    return this.#journals.get(sessionId)?.[0]?.type === "session.info";
  }

  remove(sessionId: string): void {
    this.#journals.delete(sessionId);
  }

  /** The session of which this is a copy, of however many. */
  originOf(sessionId: string): string {
    return this.#origins.get(sessionId) ?? sessionId;
  }

  write(sessionId: string, event: CliEvent): void {
    const journal = this.#journals.get(sessionId);
    if (journal) journal.push(event);
    else
      this.#journals.set(sessionId, [{ id: `start ${sessionId}`, type: "session.start", data: {} }, event]);
  }

  /** Removes an event and all after it. */
  cut(sessionId: string, eventId: string): void {
    const journal = this.#journals.get(sessionId) ?? [];
    const index = journal.findIndex(({ id }) => id === eventId);
    if (index < 0) throw new Error(`Event ${eventId} not found`);
    journal.splice(index);
  }
}
