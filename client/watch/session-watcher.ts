import type { WireEvent } from "@/lib/events/wire";
import { reduceEvents } from "../events/reduce";
import { EMPTY_TRANSCRIPT, type Transcript } from "../events/transcript";

/** `gone`: the session does not exist (any more). `signed_out`: nobody is signed in. Both are final. */
export type WatchConnection = "connecting" | "live" | "reconnecting" | "gone" | "signed_out";

export type WatchState = { transcript: Transcript; connection: WatchConnection };

export type WatchHandlers = {
  onOpen(): void;
  onEvent(event: WireEvent): void;
  /** The stream ended, for whatever reason; nothing more comes from it. */
  onEnd(): void;
};

export type WatcherDeps = {
  /** Opens a stream of every event after `lastSeq`; returns how to close it. */
  open(lastSeq: number, handlers: WatchHandlers): () => void;
  /** Why a stream may have ended. */
  probe(): Promise<"ok" | "gone" | "signed_out" | "unreachable">;
  /** Runs `task` with the next frame; returns how to cancel it. */
  frame(task: () => void): () => void;
  delay(task: () => void, ms: number): () => void;
};

export type SessionWatcher = {
  getState(): WatchState;
  subscribe(listener: () => void): () => void;
  /** Begins with a transcript that came with the page. Does nothing where one is there already. Tells nobody, so
   *  it may be called while a view is being drawn. */
  seed(events: readonly WireEvent[]): void;
  start(): void;
  stop(): void;
  /** Reconnects now where it is waiting to; for "the network is back". */
  nudge(): void;
};

const RECONNECT_FIRST_MS = 250;
const RECONNECT_MAX_MS = 8_000;

/** Follows one session and keeps its transcript. Events are applied once a frame, however fast they come; an
 *  interrupted stream is opened again after the last applied event, so nothing is missed or shown twice.
 *  `start` and `stop` may be called any number of times; the transcript outlives both. */
export function createSessionWatcher(deps: WatcherDeps): SessionWatcher {
  let state: WatchState = { transcript: EMPTY_TRANSCRIPT, connection: "connecting" };
  const listeners = new Set<() => void>();
  let queue: WireEvent[] = [];
  let attempts = 0;
  // Callbacks of a stream that was replaced compare their number with this one and do nothing.
  let generation = 0;
  let running = false;
  let cancelFrame: (() => void) | null = null;
  let cancelDelay: (() => void) | null = null;
  let close: (() => void) | null = null;

  function set(next: Partial<WatchState>): void {
    state = { ...state, ...next };
    for (const listener of listeners) listener();
  }

  function flush(): void {
    cancelFrame?.();
    cancelFrame = null;
    if (queue.length === 0) return;
    const events = queue;
    queue = [];
    const transcript = reduceEvents(state.transcript, events);
    if (transcript !== state.transcript) set({ transcript });
  }

  function open(): void {
    flush();
    cancelDelay?.();
    cancelDelay = null;
    const mine = ++generation;
    close?.();
    const isCurrent = () => mine === generation && running;
    close = deps.open(state.transcript.lastSeq, {
      onOpen: () => {
        if (!isCurrent()) return;
        attempts = 0;
        set({ connection: "live" });
      },
      onEvent: (event) => {
        if (!isCurrent()) return;
        queue.push(event);
        cancelFrame ??= deps.frame(flush);
      },
      onEnd: () => {
        if (isCurrent()) void recover();
      },
    });
  }

  async function recover(): Promise<void> {
    flush();
    // From here on the ended stream is silent: closing it may make it say once more that it ended.
    const turn = ++generation;
    close?.();
    close = null;
    if (state.connection === "live") set({ connection: "reconnecting" });
    const answer = await deps.probe();
    if (!running || generation !== turn) return;
    if (answer === "gone" || answer === "signed_out") {
      running = false;
      set({ connection: answer });
      return;
    }
    const wait =
      attempts === 0 && answer === "ok" ? 0 : Math.min(RECONNECT_MAX_MS, RECONNECT_FIRST_MS * 2 ** attempts);
    attempts += 1;
    cancelDelay = deps.delay(open, wait);
  }

  return {
    getState: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    seed(events) {
      if (state.transcript.lastSeq === 0)
        state = { ...state, transcript: reduceEvents(state.transcript, events) };
    },
    start() {
      if (running) return;
      running = true;
      attempts = 0;
      set({ connection: "connecting" });
      open();
    },
    stop() {
      if (!running) return;
      flush();
      running = false;
      generation += 1;
      cancelDelay?.();
      cancelDelay = null;
      close?.();
      close = null;
    },
    nudge() {
      if (running && cancelDelay) open();
    },
  };
}
