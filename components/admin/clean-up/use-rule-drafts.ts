"use client";

import { useEffect, useState } from "react";
import type { DraftRule } from "./rule-words";

// Outlives the page, so that a look at another one loses nothing.
let kept: readonly DraftRule[] | null = null;

/** The rules that are being edited; null: none are. They stay while other pages of the app are open, and the browser asks
 *  before it closes or loads the tab anew. */
export function useRuleDrafts() {
  const [edited, show] = useState(kept);
  const isEdited = edited !== null;
  useEffect(() => {
    if (!isEdited) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [isEdited]);
  const setEdited = (next: readonly DraftRule[] | null) => {
    kept = next;
    show(next);
  };
  return { edited, setEdited };
}
