"use client";

import { useEffect } from "react";
import { activeTurnOf, type Transcript } from "@/client/events/transcript";
import { useSessionCache } from "@/client/hooks/use-session-list";
import type { SessionSummary } from "@/lib/contracts/sessions";

/** Carries what the events of the open session say (title, model, running turn) into the session list. */
export function useSessionSync(
  sessionId: string,
  known: SessionSummary | undefined,
  transcript: Transcript,
): void {
  const cache = useSessionCache();
  const { session, lastSeq } = transcript;
  const active = activeTurnOf(transcript);
  const activeId = active?.turnId;
  const activeStatus = active?.status;
  // While history is being replayed the events tell of the past, and the list already knows better.
  const caughtUp = known !== undefined && lastSeq >= known.lastSeq;
  const knownTurnId = known?.activeTurn?.turnId;

  useEffect(() => {
    if (caughtUp) cache.patch(sessionId, session);
  }, [cache, caughtUp, session, sessionId]);

  useEffect(() => {
    if (!caughtUp || knownTurnId === activeId) return;
    const activeTurn = activeId && activeStatus ? { turnId: activeId, status: activeStatus } : null;
    cache.patch(sessionId, { activeTurn, lastActivityAt: new Date() });
    void cache.refresh();
  }, [cache, caughtUp, knownTurnId, activeId, activeStatus, sessionId]);

  const title = known?.title;
  useEffect(() => {
    if (title) document.title = `${title} · Flightdeck`;
  }, [title]);
}
