import type { CopilotServer, CopilotSignal } from "@/server/copilot/types";

/** What a test may make slow or refuse. */
export type FakeMethod =
  | "fork"
  | "attach"
  | "send"
  | "recall"
  | "abort"
  | "setModel"
  | "setToken"
  | "models"
  | "conversations"
  | "deleteSession";

export type FakeCall = { method: FakeMethod | "detach"; sessionId: string; token: string; value?: string };

/** A prompt that arrived at the fake CLI, and the hand that answers it. */
export type Prompted = {
  sessionId: string;
  prompt: string;
  token: string;
  model: string | null;
  /** The id of the message that `answer` gives. */
  messageId: string;
  /** Says anything, also after the session was detached. */
  emit(...signals: CopilotSignal[]): void;
  /** Streams `words`, then the whole message, then idle. */
  answer(words: string[]): void;
};

export type FakeServer = CopilotServer & {
  /** Every call, in order, with the token it came with. */
  calls: FakeCall[];
  /** Whether prompts are answered by themselves with "You said: …". */
  autoAnswer: boolean;
  /** Whether `abort` is followed by the idle that a healthy CLI sends. */
  idleAfterAbort: boolean;
  /** What it says about a session that is attached, before any prompt. */
  saysAtAttach: CopilotSignal[];
  /** The next prompt that no test code has taken yet. */
  prompted(): Promise<Prompted>;
  /** Sessions in memory now. */
  attached(): string[];
  /** How many hold this session there. */
  attachments(sessionId: string): number;
  /** What each session was told last of the time before its memory begins. */
  told: Map<string, string | null>;
  /** Sessions on disk, which all servers of a pool share. */
  disk: Set<string>;
  /** The next calls of `method` do not answer until the returned function is called, or the server dies. */
  hold(method: FakeMethod): () => void;
  /** Resolves when a held call of `method` has arrived. */
  held(method: FakeMethod): Promise<void>;
  /** The next call of `method` rejects with `error`. */
  refuse(method: FakeMethod, error: Error): void;
  /** The process dies: what is in memory is gone, the disk stays. */
  die(): void;
  revive(): void;
  /** It answers, and gets nothing where another does. */
  quarantine(): void;
  /** Makes it one that the app has started itself. A restart: it is down until it is revived. */
  supervise(): void;
  /** How often it was restarted. */
  restarts: number;
};

/** The CLI's home folder: which sessions there are, and what was said about each turn. */
export type Home = { disk: Set<string>; journal: Map<string, CopilotSignal[]> };
