"use client";

import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import type { SessionSummary } from "@/lib/contracts/sessions";
import type { WireEvent } from "@/lib/events/wire";
import { EMPTY_TRANSCRIPT } from "../events/transcript";
import { type OutboxEntry, unseenEntries } from "../prompts/prompt-outbox";
import { useBrowserClient } from "../provider";
import type { WatchState } from "../watch/session-watcher";
import { useSessionCache } from "./use-session-list";

const NOTHING: WatchState = { transcript: EMPTY_TRANSCRIPT, connection: "connecting" };
const getNothing = () => NOTHING;
const subscribeToNothing = () => () => {};

/** Follows a session while the calling view is mounted. Null: no session, an empty transcript. */
export function useSessionWatch(sessionId: string | null): WatchState {
  const { watches } = useBrowserClient();
  const watcher = sessionId === null ? null : watches.get(sessionId);
  useEffect(() => (sessionId === null ? undefined : watches.follow(sessionId)), [watches, sessionId]);
  const getState = watcher?.getState ?? getNothing;
  return useSyncExternalStore(watcher?.subscribe ?? subscribeToNothing, getState, getState);
}

/** What the server may send along with the page of a session, so that it is there before any script has run. */
export type SessionSnapshot = { session: SessionSummary; events: readonly WireEvent[] };

/** Puts a snapshot where the views look for it, once, before they are drawn. */
export function useSeededSession(snapshot: SessionSnapshot | null): void {
  const { watches } = useBrowserClient();
  const cache = useSessionCache();
  useState(() => {
    if (!snapshot) return;
    watches.get(snapshot.session.id).seed(snapshot.events);
    cache.put(snapshot.session);
  });
}

const NO_ENTRIES: readonly OutboxEntry[] = [];

/** Prompts of this session that were submitted here and are not in its transcript yet, oldest first. */
export function useUnseenPrompts(
  sessionId: string | null,
  transcript: WatchState["transcript"],
): OutboxEntry[] {
  const { outbox } = useBrowserClient();
  const entries = useSyncExternalStore(outbox.subscribe, outbox.entries, () => NO_ENTRIES);
  return useMemo(
    () => (sessionId === null ? [] : unseenEntries(entries, sessionId, transcript)),
    [entries, sessionId, transcript],
  );
}
