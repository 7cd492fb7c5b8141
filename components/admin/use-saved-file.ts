"use client";

import { useState } from "react";
import { datedName, download } from "@/client/download";
import { clientErrorOf } from "@/client/errors";
import { toast, toastError } from "../ui/toast";

/** One answer of many, and where the next one begins; null after the last. */
type Page<Row, Place> = { items: readonly Row[]; next: Place | null };

type SavedFile<Row, Place> = {
  /** Of the file, before its date. */
  name: string;
  /** What its rows are, as in "200 sessions saved". */
  rows: string;
  ending: string;
  type: string;
  fetchPage(place: Place | null): Promise<Page<Row, Place>>;
  write(rows: readonly Row[]): string;
};

/** Fetches everything that is asked for, page by page, and has the browser save it as one file. */
export function useSavedFile() {
  const [busy, setBusy] = useState(false);

  async function save<Row, Place>(file: SavedFile<Row, Place>): Promise<void> {
    setBusy(true);
    try {
      const rows: Row[] = [];
      let place: Place | null = null;
      do {
        const page: Page<Row, Place> = await file.fetchPage(place);
        rows.push(...page.items);
        place = page.next;
      } while (place !== null);
      download(datedName(file.name, file.ending, new Date()), file.type, file.write(rows));
      toast(`${rows.length.toLocaleString("en")} ${file.rows} saved`);
    } catch (error) {
      toastError(clientErrorOf(error).message);
    } finally {
      setBusy(false);
    }
  }
  return { busy, save };
}
