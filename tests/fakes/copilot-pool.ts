import { CopilotError } from "@/server/copilot/errors";
import type {
  Attachment,
  AttachOptions,
  CopilotPool,
  CopilotServer,
  CopilotSignal,
  ServerState,
} from "@/server/copilot/types";
import type { Secret } from "@/server/platform/secret";

/** What a test may make slow or refuse. */
export type FakeMethod = "attach" | "send" | "abort" | "setModel" | "setToken" | "models" | "deleteSession";

export type FakeCall = { method: FakeMethod | "detach"; sessionId: string; token: string; value?: string };

/** A prompt that arrived at the fake CLI, and the hand that answers it. */
export type Prompted = {
  sessionId: string;
  prompt: string;
  token: string;
  model: string | null;
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
  /** Sessions on disk. */
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
};

export type FakePool = CopilotPool & { servers: readonly FakeServer[]; first: FakeServer };

const lost = () => new CopilotError("cli_server_lost", "connection lost");

function createFakeServer(id: string, changed: () => void): FakeServer {
  let state: ServerState = "ready";
  let life = new AbortController();
  const memory = new Map<string, symbol>();
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

  async function attach({ sessionId, model, gitHubToken, resume, onSignal }: AttachOptions) {
    const plain = (secret: Secret) => secret.use((value) => value);
    const me = Symbol(sessionId);
    let now = { model, token: plain(gitHubToken) };
    await pass({ method: "attach", sessionId, token: now.token });
    const alive = life.signal;
    memory.set(sessionId, me);
    const emit = (...signals: CopilotSignal[]) => {
      for (const signal of signals) if (!alive.aborted) onSignal(signal);
    };
    emit(...server.saysAtAttach);
    const call = (method: FakeMethod, value?: string) =>
      pass({ method, sessionId, token: now.token, ...(value !== undefined && { value }) });
    const attachment: Attachment = {
      resumed: resume && server.disk.has(sessionId),
      lost: alive,
      async send(prompt) {
        await call("send", prompt);
        server.disk.add(sessionId);
        const messageId = `m${++messages}`;
        arrive({
          sessionId,
          prompt,
          ...now,
          emit,
          answer: (words) =>
            emit(
              ...words.map((text): CopilotSignal => ({ kind: "delta", messageId, text })),
              { kind: "message", messageId, content: words.join(""), reasoning: null },
              { kind: "idle", aborted: false },
            ),
        });
      },
      async abort() {
        await call("abort");
        if (server.idleAfterAbort) emit({ kind: "idle", aborted: true });
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
        if (memory.get(sessionId) === me) memory.delete(sessionId);
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
    disk: new Set(),
    state: () => state,
    version: () => "fake",
    attach,
    attached: () => [...memory.keys()],
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
    async deleteSession(sessionId) {
      await pass({ method: "deleteSession", sessionId, token: "" });
      server.disk.delete(sessionId);
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
      life.abort();
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
  const first = createFakeServer(ids[0] ?? "cli-1", changed);
  return {
    first,
    servers: [first, ...ids.slice(1).map((id) => createFakeServer(id, changed))],
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
