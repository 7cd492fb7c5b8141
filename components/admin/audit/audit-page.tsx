"use client";

import { Download, FileJson, FileSpreadsheet, ScrollText, X } from "lucide-react";
import { useMemo, useState } from "react";
import { type AuditEvent, AuditResult } from "@/lib/contracts/audit";
import { AskedTable } from "../../shell/asked-table";
import { SectionPage, SectionScroll } from "../../shell/section-page";
import { Button } from "../../ui/button";
import { EmptyState } from "../../ui/empty-state";
import { FilterMenu } from "../../ui/filter-menu";
import { Menu } from "../../ui/menu";
import { SearchField } from "../../ui/search-field";
import { ShowOlder } from "../../ui/show-older";
import { ACTION_OPTIONS, actionLabel } from "./action-labels";
import { AUDIT_COLUMNS } from "./audit-columns";
import { AuditPanel } from "./audit-panel";
import { SINCE, useAudit, useAuditFilter, useAuditView } from "./use-audit";
import { useAuditExport } from "./use-audit-export";

const RESULT_LABELS = { ok: "Done", refused: "Refused", failed: "Failed" } as const;
const RESULTS = AuditResult.options.map((value) => ({ value, label: RESULT_LABELS[value] }));
const SINCE_OPTIONS = (Object.keys(SINCE) as (keyof typeof SINCE)[]).map((value) => ({
  value,
  label: SINCE[value].label,
}));

export function AuditPage() {
  const [view, setView] = useAuditView();
  const filter = useAuditFilter(view);
  const asked = useAudit(filter);
  const [openSeq, setOpenSeq] = useState<number | null>(null);
  const events = useMemo(() => asked.data?.pages.flatMap(({ items }) => items), [asked.data]);
  const exporting = useAuditExport(filter);
  const open = events?.find(({ seq }) => seq === openSeq);
  const isFiltered = Object.keys(filter).length > 0;

  return (
    <SectionPage
      title="Audit log"
      actions={
        <Menu
          align="end"
          trigger={
            <Button size="sm" disabled={exporting.busy || !events?.length}>
              <Download aria-hidden className="size-3.5 text-muted-foreground" />
              {exporting.busy ? "Saving…" : "Export"}
            </Button>
          }
          entries={[
            {
              kind: "action",
              label: "CSV",
              icon: <FileSpreadsheet />,
              onSelect: () => void exporting.run("csv"),
            },
            {
              kind: "action",
              label: "JSONL",
              icon: <FileJson />,
              onSelect: () => void exporting.run("jsonl"),
            },
          ]}
        />
      }
      filters={
        <>
          <SearchField
            label="Search by who did it"
            placeholder="Login of who did it"
            value={view.person}
            onChange={(person) => void setView({ person: person || null })}
          />
          <FilterMenu
            label="What"
            value={view.action}
            options={ACTION_OPTIONS}
            onChange={(action) => void setView({ action })}
          />
          <FilterMenu
            label="Result"
            value={view.result}
            options={RESULTS}
            onChange={(result) => void setView({ result })}
          />
          <FilterMenu
            label="When"
            value={view.since}
            options={SINCE_OPTIONS}
            onChange={(since) => void setView({ since })}
          />
          {view.target && (
            <Button size="sm" onClick={() => void setView({ target: null })}>
              <span className="max-w-40 truncate">
                <span className="text-muted-foreground">On: </span>
                {view.target}
              </span>
              <X aria-hidden className="size-3.5 text-muted-foreground" />
            </Button>
          )}
        </>
      }
    >
      <SectionScroll>
        <AskedTable<AuditEvent>
          asked={asked}
          label="Audit log"
          columns={AUDIT_COLUMNS}
          rows={events}
          idOf={({ seq }) => String(seq)}
          nameOf={({ action }) => actionLabel(action)}
          onOpen={({ seq }) => setOpenSeq(seq)}
          empty={
            <EmptyState
              icon={<ScrollText />}
              title={isFiltered ? "Nothing matches" : "Nothing has happened yet"}
              text={
                isFiltered
                  ? "Try a longer time, or fewer conditions."
                  : "Sign-ins, refusals, and what administrators do appear here, and cannot be changed afterwards."
              }
            />
          }
        />
        <ShowOlder asked={asked} className="flex justify-center py-4" />
      </SectionScroll>
      {open && <AuditPanel event={open} onClose={() => setOpenSeq(null)} />}
    </SectionPage>
  );
}
