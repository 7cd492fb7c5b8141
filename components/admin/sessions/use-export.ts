"use client";

import { useState } from "react";
import { datedName, download } from "@/client/download";
import { clientErrorOf } from "@/client/errors";
import { useBrowserClient } from "@/client/provider";
import type { AdminSessionFilter, AdminSessionRow } from "@/lib/contracts/admin-sessions";
import { type CsvColumn, toCsv } from "@/lib/csv";
import { toast, toastError } from "../../ui/toast";
import type { SessionsView } from "./use-sessions";

const COLUMNS: readonly CsvColumn<AdminSessionRow>[] = [
  { heading: "id", value: ({ id }) => id },
  { heading: "title", value: ({ title }) => title },
  { heading: "owner", value: ({ owner }) => owner.login },
  { heading: "state", value: ({ state }) => state },
  { heading: "model", value: ({ model }) => model },
  { heading: "server", value: ({ server }) => server },
  { heading: "turns", value: ({ turns }) => turns },
  { heading: "events", value: ({ lastSeq }) => lastSeq },
  { heading: "created_at", value: ({ createdAt }) => createdAt },
  { heading: "last_activity_at", value: ({ lastActivityAt }) => lastActivityAt },
  { heading: "archived_at", value: ({ archivedAt }) => archivedAt },
];

/** Saves all sessions that match as a CSV file. */
export function useSessionsExport(filter: AdminSessionFilter, { sort, desc }: SessionsView) {
  const { trpc } = useBrowserClient();
  const [busy, setBusy] = useState(false);

  const run = async () => {
    setBusy(true);
    try {
      const rows: AdminSessionRow[] = [];
      let after: string | null = null;
      do {
        const page: { items: AdminSessionRow[]; nextCursor: string | null } =
          await trpc.admin.sessions.export.mutate({
            ...filter,
            sort,
            descending: desc,
            ...(after && { after }),
          });
        rows.push(...page.items);
        after = page.nextCursor;
      } while (after !== null);
      download(datedName("sessions", "csv", new Date()), "text/csv", toCsv(COLUMNS, rows));
      toast(`${rows.length.toLocaleString("en")} sessions saved`);
    } catch (error) {
      toastError(clientErrorOf(error).message);
    } finally {
      setBusy(false);
    }
  };
  return { busy, run };
}
