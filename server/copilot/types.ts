import type { Model } from "@/lib/contracts/models";
import type { TurnFailureCode } from "@/lib/errors/turn-failures";
import type { EventData } from "@/lib/events/wire";
import type { Secret } from "@/server/platform/secret";

/** What a running session tells its runner. The allow-list of the SDK's events, in Flightdeck's words. */
export type CopilotSignal =
  | { kind: "delta"; messageId: string; text: string }
  | { kind: "message"; messageId: string; content: string; reasoning: string | null }
  | { kind: "reasoning_delta"; reasoningId: string; text: string }
  | { kind: "reasoning"; reasoningId: string; content: string }
  | { kind: "usage"; usage: EventData<"usage"> }
  | { kind: "retrying"; status: number | null }
  | { kind: "failed"; code: TurnFailureCode; detail: string }
  | { kind: "idle"; aborted: boolean }
  /** The CLI took the prompt of this turn. */
  | { kind: "prompted"; turnId: string };

/** Under whose GitHub account Copilot's models are asked: a person's own, or that of the CLI server itself. */
export type CopilotIdentity = { kind: "user"; token: Secret } | { kind: "service" };

/** A model at an endpoint that somebody has brought. `version`: which state of it this is. Limits in tokens; null: the
 *  CLI's own. */
export type ProviderAccess = {
  kind: "provider";
  providerId: string;
  version: number;
  type: "openai" | "azure" | "anthropic";
  wireApi: "completions" | "responses";
  baseUrl: string;
  azureApiVersion: string | null;
  key: Secret | null;
  headers: Readonly<Record<string, Secret>>;
  /** As the endpoint calls it. */
  model: string;
  maxPromptTokens: number | null;
  maxOutputTokens: number | null;
};

/** With what a session asks its model. There is nothing else, and none of them stands in for another. */
export type ModelAccess = CopilotIdentity | ProviderAccess;

export type AttachOptions = {
  sessionId: string;
  /** The conversation's id on the server. */
  cliSession: string;
  /** Null leaves it to the CLI; with a provider, its own is taken. */
  model: string | null;
  /** Null only with `join`, which leaves the session what it has: a token that is given again in mid-turn would have the
   *  CLI look its person up anew, and the model be asked meanwhile at another address. */
  access: ModelAccess | null;
  /** True where the server is expected to have the conversation on disk; `join` where it must have it in memory or
   *  on disk: then nothing is created. */
  resume: boolean | "join";
  /** What was said before the server's memory of the session begins; told to the model beside the conversation. */
  earlier: string | null;
  /** The conversation so far, asked for where `resume` finds that the server has lost it. */
  rebuild?(): Promise<string | null>;
  onSignal(signal: CopilotSignal): void;
};

/** What the CLI's journal says of a prompt. `absent`: it was never taken. `answering`: it is being answered now; `said` is
 *  what of that is whole. `answered`: with `said`. `unfinished`: it was taken, and nobody answers it any more; `forget`
 *  removes it from the conversation, so that it can be sent again. */
export type Recalled =
  | { state: "absent" }
  | { state: "answering"; said: CopilotSignal[] }
  | { state: "answered"; said: CopilotSignal[] }
  | { state: "unfinished"; forget(): Promise<void> };

/** One session, held in a CLI server's memory by this process. */
export type Attachment = {
  /** False where `resume` was asked but the server had lost the conversation, so it began anew. */
  resumed: boolean;
  /** True where it began anew with what `rebuild` told. */
  rebuilt: boolean;
  /** Resolves when the CLI took the prompt, which its journal then knows by `turnId`. Rejects with a `CopilotError`. */
  send(prompt: string, turnId: string): Promise<void>;
  /** What became of the prompt of this turn, which somebody may have sent. Rejects with a `CopilotError`. */
  recall(turnId: string): Promise<Recalled>;
  /** Makes sure that nothing is being answered: what a turn that is over left going is stopped. Somebody else may have
   *  kept the session in memory. Rejects with a `CopilotError`; `cli_server_lost` where it does not stop. */
  quiet(): Promise<void>;
  /** Stops the running turn; an `idle` signal follows. */
  abort(): Promise<void>;
  setModel(model: string): Promise<void>;
  setToken(token: Secret): Promise<void>;
  /** Lets the session leave the server's memory. Never throws; the conversation stays on the server's disk. */
  detach(): Promise<void>;
  /** Aborts when the server or the connection is gone; nothing more will be signalled. */
  lost: AbortSignal;
};

/** `quarantined`: it answers, but was lost again and again. */
export type ServerState = "starting" | "ready" | "quarantined" | "down";

/** What this process knows of how a server does. */
export type ServerHealth = {
  /** How long it took to answer the last ping; null while it is not connected. */
  latencyMs: number | null;
  /** Since when this process has its connection; null while it has none. */
  upSince: Date | null;
  /** How often this process has lost it; a restart that was asked for is no loss. */
  lostTimes: number;
  /** Why it was lost, or could not be reached, last. For operators: it may name addresses. */
  lastError: string | null;
  quarantinedUntil: Date | null;
};

/** The process of a server that the app has started itself. */
export type Supervised = {
  /** Null between two. Memory in bytes, of all that it has started too; null on other systems than Linux. */
  process(): { pid: number; memoryBytes: number | null; children: number | null } | null;
  /** Stops the process, which is then started again as ever. Resolves when it has ended. */
  restart(): Promise<void>;
};

/** One headless Copilot CLI server, with this process's single SDK client on it. */
export type CopilotServer = {
  id: string;
  address: string;
  /** Kept for when no other server is ready. */
  isSpare: boolean;
  state(): ServerState;
  version(): string | null;
  health(): ServerHealth;
  /** Null where somebody else has started it. */
  supervised: Supervised | null;
  /** Sessions that this process has attached there now. */
  load(): number;
  /** Copies a conversation, whether or not a server has it in memory, and answers with the copy's id; null where there
   *  is none to copy, or none that is whole. The original is of no use afterwards. Safe to repeat where the answer was lost: then that is the
   *  copy that was made before. Rejects with `cli_server_lost`. */
  fork(cliSession: string): Promise<string | null>;
  /** Creates or resumes the session. Rejects with a `CopilotError`; with `ConversationBroken` where what there is of the
   *  conversation cannot be resumed. */
  attach(options: AttachOptions): Promise<Attachment>;
  /** The models GitHub offers to this identity. Rejects with a `CopilotError`. */
  models(identity: CopilotIdentity): Promise<Model[]>;
  /** The conversations in its home folder, whoever made them, the newest first. Not one to which nothing was said yet,
   *  though it has a folder. Reads a file of each: takes about 0.3 s a thousand. Rejects with a `CopilotError`. */
  conversations(): Promise<StoredConversation[]>;
  /** Removes the conversation's files; succeeds where there are none. */
  deleteSession(cliSession: string): Promise<void>;
};

/** A conversation in the home folder of a CLI server. */
export type StoredConversation = { id: string; modifiedAt: Date | null };

/** A server that joins the pool. `token`: its connection token, asked at each connecting; null: the pool's own. What it
 *  throws is the reason why the server cannot be reached. */
export type JoiningServer = { id: string; address: string; token(): Secret | null };

/** The pool's connections. */
export type CopilotPool = {
  /** Those that are in it now; another list after each change. */
  readonly servers: readonly CopilotServer[];
  /** Connects to one more server, which need not be there yet. Does nothing where one with this id is in the pool. */
  add(server: JoiningServer): void;
  /** Closes the connection to a server and forgets it; what runs there is lost for this process, as when the server
   *  dies. Does nothing with one that is supervised, or not in the pool. */
  remove(id: string): void;
  /** Calls `listener` after any server's state changed, one came or one went; returns the unsubscribe function. */
  onChange(listener: () => void): () => void;
};
