"use client";

import { useEffect, useRef, useState } from "react";
import type { TranscriptTurn } from "@/client/events/transcript";
import { failureText } from "./turn-failure-text";

type StatusAnnouncerProps = {
  /** The newest turn. */
  turn: TranscriptTurn | null;
  /** False while history is replayed: turns that ended in the past are not announced. */
  caughtUp: boolean;
  /** A prompt was sent here that is not among the turns yet. */
  waiting: boolean;
  extra: string;
};

/** Tells screen readers when an answer starts and ends; the answer itself is read on demand, never per token. */
export function StatusAnnouncer({ turn, caughtUp, waiting, extra }: StatusAnnouncerProps) {
  const [message, setMessage] = useState("");
  const before = useRef<{ turnId: string; status: string } | "nothing" | "not caught up">("not caught up");
  const hasWaited = useRef(false);

  useEffect(() => {
    if (waiting) hasWaited.current = true;
    if (!caughtUp) return;
    const known = before.current;
    before.current = turn ? { turnId: turn.turnId, status: turn.status } : "nothing";
    if (
      !turn ||
      (typeof known === "object" && known.turnId === turn.turnId && known.status === turn.status)
    ) {
      return;
    }
    const isActive = turn.status === "queued" || turn.status === "running";
    if (isActive) setMessage("Copilot is answering");
    // A turn may have ended before it was seen at all: the one that was just asked for here is no history.
    else if (known !== "not caught up" || hasWaited.current) setMessage(endText(turn));
  }, [turn, caughtUp, waiting]);

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
