"use client";

import { useCallback, useEffect, useState } from "react";

const STORAGE_KEY = "flightdeck.model";

/** The model this person picked last in this browser, for new sessions; null before any pick. */
export function useLastModel(): [string | null, (model: string) => void] {
  const [model, setModel] = useState<string | null>(null);
  useEffect(() => {
    try {
      setModel(window.localStorage.getItem(STORAGE_KEY));
    } catch {
      // Storage is forbidden here: the choice lasts as long as the page.
    }
  }, []);
  const pick = useCallback((next: string) => {
    setModel(next);
    try {
      window.localStorage.setItem(STORAGE_KEY, next);
    } catch {
      // As above.
    }
  }, []);
  return [model, pick];
}
