import { setTimeout as sleep } from "node:timers/promises";
import type { Watch } from "@/bench/arms/flightdeck-client";
import type { WireEvent } from "@/lib/events/wire";
import { type Session, within } from "./client";
import type { Link } from "./fault-proxy";
import { type History, hashOf, isText } from "./history";
import type { ChaosStack } from "./stack";

/** Somebody who looks on. Whatever ends the stream, it comes back with the number of the last event it saw. */
export type Watcher = {
  name: string;
  session: Session;
  /** True between the start and the end of a turn, as far as it was seen. */
  isInTurn(): boolean;
  /** True where the stream has brought an event of a running turn since it was opened. */
  isStreaming(): boolean;
  /** When the last piece of text, or the end of a turn, came. */
  lastTextMs(): number;
  /** The connection through the proxy; undefined while there is none. */
  link(): Link | undefined;
  /** Goes away without a word and comes back, as a reloaded page does. */
  drop(): void;
  /** Resolves when the turn's end was seen: true; or after `waitMs`: false. */
  ended(turnId: string, waitMs: number): Promise<boolean>;
  /** Each loss of the stream in mid-turn. */
  resumes: Resume[];
  /** Number of the last event that was seen. */
  lastSeq(): number;
  close(): void;
};

/** How long the next event took after a loss. `waitedMs`: from the loss, or, where nothing was said meanwhile, from when
 *  the event was written, to its arrival: that is what coming back took. `silentMs`: from the loss in any case; the model
 *  may have been silent for some of that. */
export type Resume = { waitedMs: number; silentMs: number };

export type WatchOptions = {
  stack: ChaosStack;
  history: History;
  session: Session;
  /** Which process of the app it turns to first. */
  app: number;
};

const OPEN_MAX_MS = 5_000;
const RETRY_MS = 50;
const LOOK_EVERY_MS = 5;

/** Begins to watch from the first event on. */
export function startWatcher({ stack, history, session, app }: WatchOptions): Watcher {
  const name = `watcher ${app} of ${session.person.login}`;
  const closed = new AbortController();
  const endedTurns = new Set<string>();
  const resumes: Resume[] = [];
  let lastSeq = 0;
  let running = false;
  let current: Watch | undefined;
  let attempt = 0;
  let turnedTo = app;
  let lostAtMs: number | undefined;
  let textAtMs = 0;

  function take(event: WireEvent): void {
    const atMs = performance.now();
    if (lostAtMs !== undefined) {
      // As it is on the wire: text.
      const writtenAtMs = new Date(event.at).getTime() - performance.timeOrigin;
      resumes.push({ waitedMs: atMs - Math.max(lostAtMs, writtenAtMs), silentMs: atMs - lostAtMs });
    }
    lostAtMs = undefined;
    history.received.push({
      ...{ watcher: name, sessionId: session.id, seq: event.seq, hash: hashOf(event), atMs, event },
    });
    lastSeq = event.seq;
    if (isText(event)) textAtMs = atMs;
    if (event.type === "turn.started") running = true;
    if (event.type !== "turn.ended") return;
    running = false;
    if (event.turnId) endedTurns.add(event.turnId);
  }

  /** One connection from its beginning to its end. What a connection that was given up still brings is not taken. */
  async function follow(): Promise<void> {
    const mine = ++attempt;
    const opening = session.person.at(turnedTo).watch(
      session.id,
      (event) => {
        if (mine === attempt && !closed.signal.aborted) take(event);
      },
      lastSeq,
    );
    try {
      current = await within(opening, OPEN_MAX_MS);
    } catch (error) {
      attempt++;
      void opening.then(
        (late) => late.close(),
        () => {},
      );
      throw error;
    }
    await current.ended;
    current = undefined;
    if (running) lostAtMs ??= performance.now();
  }

  async function run(): Promise<void> {
    while (!closed.signal.aborted) {
      await follow().catch(async () => {
        turnedTo++;
        await sleep(RETRY_MS);
      });
    }
  }

  async function ended(turnId: string, waitMs: number): Promise<boolean> {
    const deadline = performance.now() + waitMs;
    while (!endedTurns.has(turnId) && performance.now() < deadline) await sleep(LOOK_EVERY_MS);
    return endedTurns.has(turnId);
  }

  void run();
  return {
    name,
    session,
    isInTurn: () => running,
    isStreaming: () => running && current !== undefined && lostAtMs === undefined,
    lastTextMs: () => textAtMs,
    link() {
      const { localPort } = current ?? {};
      const { link } = stack.apps[turnedTo % stack.apps.length] ?? {};
      return localPort === undefined ? undefined : link?.linkOf(localPort);
    },
    drop: () => current?.close(),
    ended,
    resumes,
    lastSeq: () => lastSeq,
    close() {
      closed.abort();
      current?.close();
    },
  };
}
