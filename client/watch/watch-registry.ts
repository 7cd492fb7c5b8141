import { clientErrorOf } from "../errors";
import type { FlightdeckTrpc } from "../trpc";
import { createSessionWatcher, type SessionWatcher, type WatchHandlers } from "./session-watcher";

/** Transcripts kept in memory after their page was left, so going back shows them at once. */
const KEPT_TRANSCRIPTS_MAX = 12;
/** A hidden tab gets no animation frames; events are applied this often then. */
const HIDDEN_FRAME_MS = 250;

export type WatchRegistry = {
  get(sessionId: string): SessionWatcher;
  /** Starts following; call the answer when the view goes away. The transcript stays for a while. */
  follow(sessionId: string): () => void;
  /** Stops following a session that is about to be deleted; the answer goes on where it was not. */
  hold(sessionId: string): () => void;
  forget(sessionId: string): void;
};

/** The watchers of one browser tab, one a session. */
export function createWatchRegistry(trpc: FlightdeckTrpc): WatchRegistry {
  const watchers = new Map<string, { watcher: SessionWatcher; followers: number }>();

  function entry(sessionId: string) {
    const known = watchers.get(sessionId);
    if (known) {
      watchers.delete(sessionId);
      watchers.set(sessionId, known);
      return known;
    }
    const fresh = { watcher: createWatcherOf(trpc, sessionId), followers: 0 };
    watchers.set(sessionId, fresh);
    for (const [id, each] of watchers) {
      if (watchers.size <= KEPT_TRANSCRIPTS_MAX) break;
      if (each.followers === 0 && id !== sessionId) watchers.delete(id);
    }
    return fresh;
  }

  return {
    get: (sessionId) => entry(sessionId).watcher,
    follow(sessionId) {
      const mine = entry(sessionId);
      mine.followers += 1;
      mine.watcher.start();
      const nudge = () => mine.watcher.nudge();
      window.addEventListener("online", nudge);
      document.addEventListener("visibilitychange", nudge);
      return () => {
        window.removeEventListener("online", nudge);
        document.removeEventListener("visibilitychange", nudge);
        mine.followers -= 1;
        if (mine.followers === 0) mine.watcher.stop();
      };
    },
    hold(sessionId) {
      const mine = watchers.get(sessionId);
      mine?.watcher.stop();
      return () => {
        if (mine && mine.followers > 0) mine.watcher.start();
      };
    },
    forget(sessionId) {
      watchers.get(sessionId)?.watcher.stop();
      watchers.delete(sessionId);
    },
  };
}

function createWatcherOf(trpc: FlightdeckTrpc, sessionId: string): SessionWatcher {
  return createSessionWatcher({
    open: (lastSeq, handlers) => openStream(trpc, { sessionId, lastEventId: String(lastSeq) }, handlers),
    async probe() {
      try {
        await trpc.sessions.get.query({ sessionId });
        return "ok";
      } catch (error) {
        const { code } = clientErrorOf(error);
        if (code === "session_not_found") return "gone";
        return code === "not_signed_in" ? "signed_out" : "unreachable";
      }
    },
    frame(task) {
      if (document.hidden) {
        const timer = setTimeout(task, HIDDEN_FRAME_MS);
        return () => clearTimeout(timer);
      }
      const id = requestAnimationFrame(task);
      return () => cancelAnimationFrame(id);
    },
    delay(task, ms) {
      const timer = setTimeout(task, ms);
      return () => clearTimeout(timer);
    },
  });
}

function openStream(
  trpc: FlightdeckTrpc,
  input: { sessionId: string; lastEventId: string },
  handlers: WatchHandlers,
): () => void {
  const subscription = trpc.sessions.watch.subscribe(input, {
    onStarted: () => handlers.onOpen(),
    onData: (envelope) => handlers.onEvent(envelope.data),
    // The browser would wait some seconds before it reconnects by itself; the watcher does it sooner.
    onConnectionStateChange: (state) => {
      if (state.state === "connecting" && state.error) handlers.onEnd();
    },
    onError: () => handlers.onEnd(),
    onComplete: () => handlers.onEnd(),
  });
  return () => subscription.unsubscribe();
}
