import { createHash } from "node:crypto";

/** Oldest entries are dropped beyond this, so a long benchmark cannot fill the memory. */
export const LOG_ENTRIES_MAX = 50_000;
export const PROMPT_TEXT_CHARS_MAX = 500;
const TOKEN_HASH_CHARS = 12;

export type RequestLogEntry = {
  /** Starts at 1 and never repeats in one process, also after the log was cleared. */
  n: number;
  at: string;
  method: string;
  path: string;
  query: string;
  /** Whose token the request carried, also when that token was revoked; null for none or an unknown one. */
  tokenLogin: string | null;
  tokenHash: string | null;
  /** Null while the request is unanswered, and for ever when the connection ended without an answer. */
  status: number | null;
  durationMs: number | null;
  userAgent: string | null;
  /** The CLI's session id on its model calls; null elsewhere. */
  sessionHint: string | null;
  /** The connection ended before the answer was complete, from either side. */
  aborted: boolean;
  model?: string;
  stream?: boolean;
  /** What the person typed last, without what the CLI wraps around it. */
  promptText?: string;
  /** How many prompts of people the model was sent, this one included: the conversation as the CLI remembers it. */
  promptCount?: number;
  /** What was played: the word that chose it, `echo` for none. */
  script?: string;
  tokensSent?: number;
};

/** The log never holds a token, only enough of its hash to tell two of them apart. */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex").slice(0, TOKEN_HASH_CHARS);
}

export class RequestLog {
  #entries: RequestLogEntry[] = [];
  #lastNumber = 0;

  begin(request: Omit<RequestLogEntry, "n" | "at" | "status" | "durationMs" | "aborted">): RequestLogEntry {
    this.#lastNumber += 1;
    const entry: RequestLogEntry = {
      n: this.#lastNumber,
      at: new Date().toISOString(),
      status: null,
      durationMs: null,
      aborted: false,
      ...request,
    };
    this.#entries.push(entry);
    if (this.#entries.length > LOG_ENTRIES_MAX * 1.1) this.#entries = this.#entries.slice(-LOG_ENTRIES_MAX);
    return entry;
  }

  /** Entries with a number above `since`, oldest first. They are live: a running request changes its entry. */
  since(since = 0): RequestLogEntry[] {
    return since > 0 ? this.#entries.filter((entry) => entry.n > since) : [...this.#entries];
  }

  clear(): void {
    this.#entries = [];
  }
}
