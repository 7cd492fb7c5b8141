"use client";

import { useBrowserClient } from "@/client/provider";
import type { AdminSessionFilter, AdminSessionRow } from "@/lib/contracts/admin-sessions";
import { type CsvColumn, toCsv } from "@/lib/csv";
import { useSavedFile } from "../use-saved-file";
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
  const { busy, save } = useSavedFile();
  const run = () =>
    save({
      ...{ name: "sessions", rows: "sessions", ending: "csv", type: "text/csv" },
      async fetchPage(after: string | null) {
        const asked = { ...filter, sort, descending: desc, ...(after && { after }) };
        const { items, nextCursor } = await trpc.admin.sessions.export.mutate(asked);
        return { items, next: nextCursor };
      },
      write: (sessions: readonly AdminSessionRow[]) => toCsv(COLUMNS, sessions),
    });
  return { busy, run };
}
