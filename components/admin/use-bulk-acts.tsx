"use client";

import { type ReactNode, useMemo, useState } from "react";
import { type Selection, useSelection } from "../ui/use-selection";
import { type BulkAct, BulkDialog } from "./bulk-dialog";

type BulkActs<Row> = {
  selection: Selection;
  /** The selected rows. */
  chosen: readonly Row[];
  /** Asks before an act, then does it. */
  ask(act: BulkAct): void;
  /** The question; to be put on the page. */
  dialog: ReactNode;
};

/** The selection of a list, and what is done to some of its rows. After an act the list is asked for again by `refresh`,
 *  and nothing is selected any more. */
export function useBulkActs<Row extends { id: string }>(
  rows: readonly Row[] | undefined,
  refresh: () => void,
): BulkActs<Row> {
  const [act, setAct] = useState<BulkAct | null>(null);
  const selection = useSelection(useMemo(() => rows?.map(({ id }) => id) ?? [], [rows]));
  return {
    selection,
    chosen: rows?.filter(({ id }) => selection.has(id)) ?? [],
    ask: setAct,
    dialog: (
      <BulkDialog
        act={act}
        onClose={() => setAct(null)}
        onDone={() => {
          refresh();
          selection.clear();
        }}
      />
    ),
  };
}
