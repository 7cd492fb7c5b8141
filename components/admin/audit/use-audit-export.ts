"use client";

import { useBrowserClient } from "@/client/provider";
import type { AuditEvent, AuditFilter } from "@/lib/contracts/audit";
import { type CsvColumn, toCsv } from "@/lib/csv";
import { useSavedFile } from "../use-saved-file";

const COLUMNS: readonly CsvColumn<AuditEvent>[] = [
  { heading: "seq", value: ({ seq }) => seq },
  { heading: "at", value: ({ at }) => at },
  { heading: "actor_id", value: ({ actor }) => actor?.id ?? null },
  { heading: "actor", value: ({ actor }) => actor?.name ?? null },
  { heading: "address", value: ({ address }) => address },
  { heading: "action", value: ({ action }) => action },
  { heading: "target_type", value: ({ target }) => target?.type ?? null },
  { heading: "target_id", value: ({ target }) => target?.id ?? null },
  { heading: "target", value: ({ target }) => target?.name ?? null },
  { heading: "result", value: ({ result }) => result },
  { heading: "code", value: ({ code }) => code },
  { heading: "details", value: ({ details }) => JSON.stringify(details) },
  { heading: "hash", value: ({ hash }) => hash },
];

const FORMATS = {
  csv: { type: "text/csv", write: (events: readonly AuditEvent[]) => toCsv(COLUMNS, events) },
  jsonl: {
    type: "application/jsonl",
    write: (events: readonly AuditEvent[]) => events.map((event) => `${JSON.stringify(event)}\n`).join(""),
  },
};

/** Saves all events that match as a file, oldest first. */
export function useAuditExport(filter: AuditFilter) {
  const { trpc } = useBrowserClient();
  const { busy, save } = useSavedFile();
  const run = (ending: keyof typeof FORMATS) =>
    save({
      ...{ name: "audit-log", rows: "events", ending },
      ...FORMATS[ending],
      async fetchPage(afterSeq: number | null) {
        const page = await trpc.admin.audit.export.mutate({ ...filter, afterSeq: afterSeq ?? 0 });
        return { items: page.items, next: page.nextAfterSeq };
      },
    });
  return { busy, run };
}
