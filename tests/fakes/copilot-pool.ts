import { randomUUID } from "node:crypto";
import { CopilotError } from "@/server/copilot/errors";
import type {
  Attachment,
  AttachOptions,
  CopilotPool,
  CopilotServer,
  CopilotSignal,
  JoiningServer,
  Recalled,
  ServerState,
} from "@/server/copilot/types";
import type { Secret } from "@/server/platform/secret";

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

export type FakePool = Omit<CopilotPool, "servers"> & {
  readonly servers: readonly FakeServer[];
  /** How each was added that was. */
  joined: Map<string, JoiningServer>;
  first: FakeServer;
  /** What the CLI said in answer to each prompt that it took, by turn. */
  journal: Map<string, CopilotSignal[]>;
};

const lost = () => new CopilotError("cli_server_lost", "connection lost");

/** The CLI's home folder: which sessions there are, and what was said about each turn. */
type Home = { disk: Set<string>; journal: Map<string, CopilotSignal[]> };

function createFakeServer(id: string, home: Home, changed: () => void): FakeServer {
  let state: ServerState = "ready";
  let life = new AbortController();
  const memory = new Map<string, Map<symbol, (signal: CopilotSignal) => void>>();
  const answering = new Map<string, string>();
  /** Prompts that wait until the turn before them is idle, by session. */
  const waiting = new Map<string, (() => void)[]>();
  const untaken: Prompted[] = [];
  const takers: ((prompted: Prompted) => void)[] = [];
  const refusals = new Map<FakeMethod, Error[]>();
  const gates = new Map<FakeMethod, Promise<void>>();
  const heldNow = new Map<FakeMethod, number>();
  let arrived: (() => void)[] = [];
  let messages = 0;

  async function pass(call: FakeCall & { method: FakeMethod }): Promise<void> {
    if (state !== "ready") throw lost();
    server.calls.push(call);
    const alive = life.signal;
    const gate = gates.get(call.method);
    if (gate) {
      heldNow.set(call.method, (heldNow.get(call.method) ?? 0) + 1);
      for (const tell of arrived) tell();
      arrived = [];
      await Promise.race([gate, new Promise<void>((end) => alive.addEventListener("abort", () => end()))]);
    }
    if (alive.aborted) throw lost();
    const refusal = refusals.get(call.method)?.shift();
    if (refusal) throw refusal;
  }

  function arrive(prompted: Prompted): void {
    if (server.autoAnswer) queueMicrotask(() => prompted.answer(["You said: ", prompted.prompt]));
    else {
      const take = takers.shift();
      if (take) take(prompted);
      else untaken.push(prompted);
    }
  }

  async function attach(options: AttachOptions) {
    const { sessionId, cliSession, model, gitHubToken, resume, earlier, rebuild, onSignal } = options;
    const plain = (secret: Secret) => secret.use((value) => value);
    const me = Symbol(sessionId);
    let now = { model, token: gitHubToken ? plain(gitHubToken) : "" };
    await pass({ method: "attach", sessionId, token: now.token });
    const alive = life.signal;
    const resumed = resume !== false && (home.disk.has(cliSession) || memory.has(sessionId));
    if (resume === "join" && !resumed) throw new Error("session not found");
    const told = resume && !resumed ? ((await rebuild?.()) ?? null) : null;
    server.told.set(sessionId, told ?? earlier);
    memory.set(sessionId, (memory.get(sessionId) ?? new Map()).set(me, onSignal));
    for (const signal of server.saysAtAttach) onSignal(signal);
    // All who hold the session hear its turn. What a server still says about a turn that it dropped is heard by nobody
    // but the one who sent it.
    const tell = (turnId: string, signal: CopilotSignal) => {
      if (alive.aborted) return;
      const isCurrent = answering.get(sessionId) === turnId;
      if (signal.kind === "message") home.journal.get(turnId)?.push(signal);
      if (signal.kind === "idle" && isCurrent) answering.delete(sessionId);
      const all = isCurrent ? [...(memory.get(sessionId)?.values() ?? [])] : [onSignal];
      for (const hear of all) hear(signal);
      if (signal.kind === "idle" && isCurrent) waiting.get(sessionId)?.shift()?.();
    };
    const call = (method: FakeMethod, value?: string) =>
      pass({ method, sessionId, token: now.token, ...(value !== undefined && { value }) });
    const recallOf = (turnId: string): Recalled => {
      const said = home.journal.get(turnId);
      if (!said) return { state: "absent" };
      if (answering.get(sessionId) === turnId) return { state: "answering", said };
      if (said.length > 0) return { state: "answered", said };
      return {
        state: "unfinished",
        forget: async () => void home.journal.delete(turnId),
      };
    };
    const attachment: Attachment = {
      resumed,
      rebuilt: told !== null,
      lost: alive,
      async send(prompt, turnId) {
        await call("send", prompt);
        if (answering.has(sessionId)) {
          await new Promise<void>((taken) =>
            waiting.set(sessionId, [...(waiting.get(sessionId) ?? []), taken]),
          );
        }
        home.disk.add(cliSession);
        home.journal.set(turnId, []);
        answering.set(sessionId, turnId);
        const messageId = `m${++messages}-${id}`;
        tell(turnId, { kind: "prompted", turnId });
        const emit = (...signals: CopilotSignal[]) => {
          for (const signal of signals) tell(turnId, signal);
        };
        arrive({
          sessionId,
          prompt,
          ...now,
          messageId,
          emit,
          answer: (words) =>
            emit(
              ...words.map((text): CopilotSignal => ({ kind: "delta", messageId, text })),
              { kind: "message", messageId, content: words.join(""), reasoning: null },
              { kind: "idle", aborted: false },
            ),
        });
      },
      async recall(turnId) {
        await call("recall");
        return recallOf(turnId);
      },
      async quiet() {
        const turnId = answering.get(sessionId);
        if (turnId) tell(turnId, { kind: "idle", aborted: true });
      },
      async abort() {
        await call("abort");
        const turnId = answering.get(sessionId);
        if (server.idleAfterAbort && turnId) tell(turnId, { kind: "idle", aborted: true });
      },
      async setModel(next) {
        await call("setModel", next);
        now = { ...now, model: next };
      },
      async setToken(next) {
        now = { ...now, token: plain(next) };
        await call("setToken");
      },
      async detach() {
        if (alive.aborted) return;
        server.calls.push({ method: "detach", sessionId, token: now.token });
        memory.get(sessionId)?.delete(me);
        if (memory.get(sessionId)?.size !== 0) return;
        // Nobody listens any more: the CLI drops the session and what it was answering.
        memory.delete(sessionId);
        answering.delete(sessionId);
        waiting.delete(sessionId);
      },
    };
    return attachment;
  }

  const server: FakeServer = {
    id,
    address: id,
    calls: [],
    autoAnswer: true,
    idleAfterAbort: true,
    saysAtAttach: [],
    told: new Map(),
    disk: home.disk,
    state: () => state,
    version: () => "fake",
    health: () => ({ latencyMs: 1, upSince: null, lostTimes: 0, lastError: null, quarantinedUntil: null }),
    supervised: null,
    restarts: 0,
    supervise() {
      server.supervised = {
        process: () => ({ pid: 1, memoryBytes: 1_024, children: 0 }),
        async restart() {
          server.restarts += 1;
          server.die();
        },
      };
    },
    attach,
    async fork(cliSession) {
      await pass({ method: "fork", sessionId: cliSession, token: "" });
      if (!home.disk.has(cliSession)) return null;
      const copy = randomUUID();
      home.disk.add(copy);
      return copy;
    },
    isSpare: false,
    // So that a test knows where a session goes.
    load: () => 0,
    attached: () => [...memory.keys()],
    attachments: (sessionId) => memory.get(sessionId)?.size ?? 0,
    async models(token) {
      await pass({ method: "models", sessionId: "", token: token.use((value) => value) });
      return ["alpha", "beta"].map((name) => ({
        id: name,
        name,
        contextTokens: null,
        multiplier: null,
        vision: false,
        reasoning: false,
      }));
    },
    async conversations() {
      await pass({ method: "conversations", sessionId: "", token: "" });
      return [...home.disk].map((id) => ({ id, modifiedAt: null }));
    },
    async deleteSession(cliSession) {
      await pass({ method: "deleteSession", sessionId: cliSession, token: "" });
      home.disk.delete(cliSession);
    },
    prompted: () =>
      new Promise((resolve) => {
        const waiting = untaken.shift();
        if (waiting) resolve(waiting);
        else takers.push(resolve);
      }),
    hold(method) {
      let open = () => {};
      gates.set(method, new Promise((resolve) => (open = resolve)));
      heldNow.delete(method);
      return () => {
        gates.delete(method);
        open();
      };
    },
    async held(method) {
      while (!heldNow.has(method)) await new Promise<void>((resolve) => arrived.push(resolve));
    },
    refuse: (method, error) => refusals.set(method, [...(refusals.get(method) ?? []), error]),
    die() {
      state = "down";
      memory.clear();
      answering.clear();
      waiting.clear();
      life.abort();
      changed();
    },
    quarantine() {
      state = "quarantined";
      changed();
    },
    revive() {
      life = new AbortController();
      state = "ready";
      changed();
    },
  };
  return server;
}

/** A pool without processes, as scriptable as a test needs. Every server starts ready. */
export function createFakePool(...ids: string[]): FakePool {
  const listeners = new Set<() => void>();
  const changed = () => {
    for (const listener of [...listeners]) listener();
  };
  const home: Home = { disk: new Set(), journal: new Map() };
  const first = createFakeServer(ids[0] ?? "cli-1", home, changed);
  let servers = [first, ...ids.slice(1).map((id) => createFakeServer(id, home, changed))];
  const joined = new Map<string, JoiningServer>();
  return {
    first,
    journal: home.journal,
    joined,
    get servers() {
      return servers;
    },
    add(joining) {
      if (servers.some(({ id }) => id === joining.id)) return;
      joined.set(joining.id, joining);
      servers = [...servers, createFakeServer(joining.id, home, changed)];
      changed();
    },
    remove(id) {
      const leaving = servers.find((server) => server.id === id);
      if (!leaving || leaving.supervised) return;
      servers = servers.filter((server) => server !== leaving);
      leaving.die();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
