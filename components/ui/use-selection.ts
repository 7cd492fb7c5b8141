"use client";

import { useMemo, useState } from "react";

/** Which rows of a table are chosen, by id. */
export type Selection = {
  ids: readonly string[];
  has(id: string): boolean;
  set(id: string, chosen: boolean): void;
  setAll(ids: readonly string[], chosen: boolean): void;
  toggle(id: string): void;
  clear(): void;
};

/** A choice among `shown`: a row that is not on the page any more is not chosen. */
export function useSelection(shown: readonly string[]): Selection {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  return useMemo(() => {
    const ids = shown.filter((id) => chosen.has(id));
    const present = new Set(ids);
    const change = (some: readonly string[], isChosen: boolean) =>
      setChosen((before) => {
        const after = new Set(before);
        for (const id of some) {
          if (isChosen) after.add(id);
          else after.delete(id);
        }
        return after;
      });
    return {
      ids,
      has: (id) => present.has(id),
      set: (id, isChosen) => change([id], isChosen),
      setAll: change,
      toggle: (id) => change([id], !present.has(id)),
      clear: () => setChosen(new Set()),
    };
  }, [shown, chosen]);
}
