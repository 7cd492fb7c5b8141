import type { SendPromptInput, TurnRef } from "@/lib/contracts/turns";
import { type ClientError, clientErrorOf } from "../errors";
import type { Transcript } from "../events/transcript";

/** A prompt on its way. `afterSeq`: the newest event this tab had seen when it was submitted. */
export type OutboxEntry = {
  key: string;
  sessionId: string;
  prompt: string;
  afterSeq: number;
  turnId: string | null;
  /** Set once sending has failed for good; the prompt was then not accepted by the server. */
  error: ClientError | null;
};

export type OutboxDeps = {
  send(input: SendPromptInput): Promise<TurnRef>;
  sleep(ms: number): Promise<void>;
  newKey(): string;
};

export type PromptOutbox = {
  /** Sends a prompt; answers true once the server has it. Retries by itself with the same idempotency key where
   *  the answer was lost or the server says "later", so a prompt is never sent twice. */
  submit(input: { sessionId: string; prompt: string; afterSeq: number }): Promise<boolean>;
  /** Sends an entry that failed again, with its old key. */
  resend(key: string): Promise<boolean>;
  discard(key: string): void;
  entries(): readonly OutboxEntry[];
  subscribe(listener: () => void): () => void;
};

const RETRY_WAITS_MS = [400, 1_000, 2_500] as const;
/** Accepted entries are kept until their event is seen; this many at most. */
const ENTRIES_MAX = 50;

export function createPromptOutbox(deps: OutboxDeps): PromptOutbox {
  let entries: readonly OutboxEntry[] = [];
  const listeners = new Set<() => void>();

  function set(next: readonly OutboxEntry[]): void {
    entries = next.slice(-ENTRIES_MAX);
    for (const listener of listeners) listener();
  }
  const patch = (key: string, change: Partial<OutboxEntry>) =>
    set(entries.map((entry) => (entry.key === key ? { ...entry, ...change } : entry)));

  async function attempt({ key, sessionId, prompt }: OutboxEntry): Promise<boolean> {
    for (let failures = 0; ; failures += 1) {
      try {
        const { turnId } = await deps.send({ sessionId, prompt, idempotencyKey: key });
        patch(key, { turnId, error: null });
        return true;
      } catch (thrown) {
        const error = clientErrorOf(thrown);
        const wait = RETRY_WAITS_MS[failures];
        if (!error.retryable || wait === undefined) {
          patch(key, { error });
          return false;
        }
        await deps.sleep(wait);
      }
    }
  }

  return {
    submit(input) {
      const entry: OutboxEntry = { ...input, key: deps.newKey(), turnId: null, error: null };
      set([...entries, entry]);
      return attempt(entry);
    },
    resend(key) {
      const entry = entries.find((each) => each.key === key);
      if (!entry) return Promise.resolve(false);
      patch(key, { error: null });
      return attempt(entry);
    },
    discard: (key) => set(entries.filter((entry) => entry.key !== key)),
    entries: () => entries,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The entries of a session that its transcript does not show yet. The event may arrive before the answer to
 *  `send` does; a later prompt with the same text is then taken for it. */
export function unseenEntries(
  entries: readonly OutboxEntry[],
  sessionId: string,
  transcript: Transcript,
): OutboxEntry[] {
  return entries.filter((entry) => {
    if (entry.sessionId !== sessionId) return false;
    if (entry.turnId !== null) return !transcript.turns.some((turn) => turn.turnId === entry.turnId);
    return !transcript.turns.some((turn) => turn.promptSeq > entry.afterSeq && turn.prompt === entry.prompt);
  });
}
