import { randomUUID } from "node:crypto";
import { CopilotError } from "@/server/copilot/errors";
import type {
  Attachment,
  AttachOptions,
  CopilotSignal,
  ModelAccess,
  Recalled,
  ServerState,
} from "@/server/copilot/types";
import type { FakeCall, FakeMethod, FakeServer, Home, Prompted } from "./copilot-types";

const lost = () => new CopilotError("cli_server_lost", "connection lost");

/** Whom a call is made as: the person's token, `service`, or the provider, its model and key. */
function identityOf(access: ModelAccess | null): string {
  switch (access?.kind) {
    case undefined:
      return "";
    case "user":
      return access.token.use((value) => value);
    case "service":
      return "service";
    case "provider":
      return `${access.providerId} ${access.model} ${access.key?.use((value) => value) ?? "no key"}`;
  }
}

/** One of a fake pool's servers, ready. `changed` is called after each change of its state. */
export function createFakeServer(id: string, home: Home, changed: () => void): FakeServer {
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
    const { sessionId, cliSession, model, access, resume, earlier, rebuild, onSignal } = options;
    const me = Symbol(sessionId);
    let now = { model, token: identityOf(access) };
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
        now = { ...now, token: identityOf({ kind: "user", token: next }) };
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
    async models(identity) {
      await pass({ method: "models", sessionId: "", token: identityOf(identity) });
      return ["alpha", "beta"].map((name) => ({
        id: name,
        name,
        contextTokens: null,
        multiplier: null,
        vision: false,
        reasoning: false,
        provider: null,
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
