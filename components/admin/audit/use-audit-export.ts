"use client";

import { useState } from "react";
import { datedName, download } from "@/client/download";
import { clientErrorOf } from "@/client/errors";
import { useBrowserClient } from "@/client/provider";
import type { AuditEvent, AuditFilter } from "@/lib/contracts/audit";
import { type CsvColumn, toCsv } from "@/lib/csv";
import { toast, toastError } from "../../ui/toast";

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
  csv: { type: "text/csv", write: (events: AuditEvent[]) => toCsv(COLUMNS, events) },
  jsonl: {
    type: "application/jsonl",
    write: (events: AuditEvent[]) => events.map((event) => `${JSON.stringify(event)}\n`).join(""),
  },
};

/** Saves all events that match as a file, oldest first. */
export function useAuditExport(filter: AuditFilter) {
  const { trpc } = useBrowserClient();
  const [busy, setBusy] = useState(false);

  const run = async (format: keyof typeof FORMATS) => {
    setBusy(true);
    try {
      const events: AuditEvent[] = [];
      let afterSeq: number | null = 0;
      while (afterSeq !== null) {
        const page: { items: AuditEvent[]; nextAfterSeq: number | null } =
          await trpc.admin.audit.export.query({
            ...filter,
            afterSeq,
          });
        events.push(...page.items);
        afterSeq = page.nextAfterSeq;
      }
      const { type, write } = FORMATS[format];
      download(datedName("audit-log", format, new Date()), type, write(events));
      toast(`${events.length.toLocaleString("en")} events saved`);
    } catch (error) {
      toastError(clientErrorOf(error).message);
    } finally {
      setBusy(false);
    }
  };
  return { busy, run };
}
