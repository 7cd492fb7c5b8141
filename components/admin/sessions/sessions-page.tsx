"use client";

import { Download, MessagesSquare } from "lucide-react";
import { useState } from "react";
import { ADMIN_SESSION_SORTS, type AdminSessionRow, COUNTED_MAX } from "@/lib/contracts/admin-sessions";
import { AskedTable } from "../../shell/asked-table";
import { SectionPage, SectionScroll } from "../../shell/section-page";
import { Button } from "../../ui/button";
import { EmptyState } from "../../ui/empty-state";
import { Pager } from "../../ui/pager";
import { BulkBar } from "../bulk-bar";
import { SavedViews } from "../saved-views";
import { useBulkActs } from "../use-bulk-acts";
import { useMayChange } from "../use-may-change";
import { MoveMenu } from "./move-menu";
import { SESSION_COLUMNS } from "./session-columns";
import { SessionFilters } from "./session-filters";
import { SessionPanel } from "./session-panel";
import { useSessionsExport } from "./use-export";
import { useSessionActs } from "./use-session-acts";
import {
  useRefreshSessions,
  useSessions,
  useSessionsFilter,
  useSessionsView,
  withOrder,
} from "./use-sessions";

const PRESETS = [
  { name: "All sessions", query: "" },
  { name: "Answering now", query: "state=running" },
  { name: "Waiting", query: "state=queued" },
  { name: "Untouched for 90 days", query: "active=before-quarter" },
];
const FIRST_PAGE = { after: null, before: null };
const NO_FILTER = {
  ...{ q: null, owner: null, state: null, model: null, server: null, created: null, active: null },
  ...FIRST_PAGE,
};

export function SessionsPage() {
  const mayChange = useMayChange();
  const [view, setView] = useSessionsView();
  const filter = useSessionsFilter(view);
  const asked = useSessions(filter, view);
  const { data } = asked;
  const refresh = useRefreshSessions();
  const acts = useSessionActs();
  const csv = useSessionsExport(filter, view);
  const [open, setOpen] = useState<AdminSessionRow | null>(null);
  const sessions = data?.items;
  const { selection, chosen, ask, dialog } = useBulkActs(sessions, refresh);
  const isFiltered = Object.keys(filter).length > 0;

  return (
    <SectionPage
      title="Sessions"
      actions={
        <>
          <SavedViews presets={PRESETS} />
          <Button size="sm" disabled={csv.busy || !data?.total} onClick={() => void csv.run()}>
            <Download aria-hidden className="size-3.5 text-muted-foreground" />
            {csv.busy ? "Saving…" : "CSV"}
          </Button>
        </>
      }
      filters={
        <SessionFilters
          view={view}
          onChange={(change) => void setView({ ...withOrder(view, change), ...FIRST_PAGE })}
        />
      }
    >
      <SectionScroll>
        <AskedTable<AdminSessionRow>
          asked={asked}
          label="Sessions"
          columns={SESSION_COLUMNS}
          rows={sessions}
          idOf={({ id }) => id}
          nameOf={({ title }) => title}
          sort={{ by: view.sort, descending: view.desc }}
          onSort={({ by, descending }) =>
            void setView({
              ...{ sort: ADMIN_SESSION_SORTS.find((sort) => sort === by) ?? null, desc: descending },
              ...FIRST_PAGE,
            })
          }
          {...(mayChange && { selection })}
          onOpen={setOpen}
          empty={
            <EmptyState
              icon={<MessagesSquare />}
              title={isFiltered ? "No session matches" : "There are no sessions yet"}
              text={
                isFiltered
                  ? "Try other words, or fewer conditions."
                  : "Each conversation that somebody starts appears here, with who drives it and where it is."
              }
            >
              {isFiltered && (
                <Button size="sm" onClick={() => void setView(NO_FILTER)}>
                  Show all sessions
                </Button>
              )}
            </EmptyState>
          }
        />
        <BulkBar selection={selection}>
          <Button size="sm" onClick={() => ask(acts.stop(chosen))}>
            Stop
          </Button>
          <Button size="sm" onClick={() => ask(acts.detach(chosen))}>
            Detach
          </Button>
          <MoveMenu onPick={(server) => ask(acts.move(chosen, server))} />
          <Button size="sm" onClick={() => ask(acts.archive(chosen))}>
            Archive
          </Button>
          <Button size="sm" className="text-danger!" onClick={() => ask(acts.remove(chosen))}>
            Delete
          </Button>
        </BulkBar>
      </SectionScroll>
      {data && data.items.length > 0 && (
        <Pager
          onPrevious={
            data.previousCursor ? () => void setView({ before: data.previousCursor, after: null }) : null
          }
          onNext={data.nextCursor ? () => void setView({ after: data.nextCursor, before: null }) : null}
        >
          {data.total >= COUNTED_MAX
            ? `More than ${COUNTED_MAX.toLocaleString("en")} sessions`
            : `${data.total.toLocaleString("en")} ${data.total === 1 ? "session" : "sessions"}`}
        </Pager>
      )}
      {open && <SessionPanel session={open} acts={acts} onAsk={ask} onClose={() => setOpen(null)} />}
      {dialog}
    </SectionPage>
  );
}
