"use client";

import { useEffect, useRef, useState } from "react";
import type { TranscriptTurn } from "@/client/events/transcript";
import { failureText } from "./turn-failure-text";

type StatusAnnouncerProps = {
  /** The newest turn. */
  turn: TranscriptTurn | null;
  /** False while history is replayed: turns that ended in the past are not announced. */
  caughtUp: boolean;
  extra: string;
};

/** Tells screen readers when an answer starts and ends; the answer itself is read on demand, never per token. */
export function StatusAnnouncer({ turn, caughtUp, extra }: StatusAnnouncerProps) {
  const [message, setMessage] = useState("");
  const before = useRef<{ turnId: string; status: string } | null>(null);

  useEffect(() => {
    if (!caughtUp) return;
    const known = before.current;
    before.current = turn && { turnId: turn.turnId, status: turn.status };
    if (!turn || (known?.turnId === turn.turnId && known.status === turn.status)) return;
    const isActive = turn.status === "queued" || turn.status === "running";
    if (isActive) setMessage("Copilot is answering");
    else if (known?.turnId === turn.turnId) setMessage(endText(turn));
  }, [turn, caughtUp]);

  return (
    <div role="status" aria-label="Answer status" className="sr-only">
      {extra || message}
    </div>
  );
}

function endText(turn: TranscriptTurn): string {
  if (turn.status === "failed") return `The answer failed. ${failureText(turn.failure).message}`;
  return turn.status === "aborted" ? "Answer stopped" : "Answer complete";
}
