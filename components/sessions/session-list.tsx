"use client";

import { lazy, Suspense, useEffect, useMemo, useRef, useState } from "react";
import { clientErrorOf } from "@/client/errors";
import { useSessionList } from "@/client/hooks/use-session-list";
import { useSessionRoute } from "@/client/hooks/use-session-route";
import type { SessionSummary } from "@/lib/contracts/sessions";
import { Button } from "../ui/button";
import { Skeleton } from "../ui/skeleton";
import { groupByAge } from "./group-by-age";
import { SessionRow } from "./session-row";
import { useSessionActions } from "./use-session-actions";

const DeleteDialog = lazy(() => import("./delete-dialog"));

/** The next page is fetched when its place comes this near, in pixels. */
const NEXT_PAGE_MARGIN = "400px";
const SKELETON_WIDTHS = ["70%", "55%", "82%", "48%", "64%", "76%"];

type SessionListProps = { query: string; archived: boolean; onOpen(): void };

export function SessionList({ query, archived, onOpen }: SessionListProps) {
  const list = useSessionList({ query, archived });
  const current = useSessionRoute();
  const actions = useSessionActions();
  const [doomed, setDoomed] = useState<SessionSummary | null>(null);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;

  const sessions = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const groups = useMemo(() => groupByAge(sessions, new Date()), [sessions]);

  const scroller = useRef<HTMLDivElement>(null);
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const mark = end.current;
    if (!mark || !hasNextPage || isFetchingNextPage) return;
    const observer = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && void fetchNextPage(),
      { root: scroller.current, rootMargin: NEXT_PAGE_MARGIN },
    );
    observer.observe(mark);
    return () => observer.disconnect();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);

  return (
    <div ref={scroller} className="min-h-0 flex-1 overflow-y-auto overscroll-contain px-3 pb-3">
      {groups.map((group) => (
        <section key={group.label} aria-label={group.label} className="mt-3 first:mt-1">
          <h3 className="px-2.5 pb-1 text-xs font-medium text-muted-foreground">{group.label}</h3>
          <ul className="space-y-px">
            {group.sessions.map((session) => (
              <SessionRow
                key={session.id}
                session={session}
                current={session.id === current}
                actions={actions}
                onOpen={onOpen}
                onAskDelete={setDoomed}
              />
            ))}
          </ul>
        </section>
      ))}
      <div ref={end} aria-hidden />
      {list.isPending && <RowSkeletons />}
      {isFetchingNextPage && <RowSkeletons />}
      {list.isError && (
        <div role="alert" className="px-2.5 py-4 text-sm text-muted-foreground">
          <p>{clientErrorOf(list.error).message}</p>
          <Button size="sm" className="mt-3" onClick={() => void list.refetch()}>
            Try again
          </Button>
        </div>
      )}
      <div role="status">
        {list.isSuccess && sessions.length === 0 && (
          <p className="px-2.5 py-4 text-sm text-muted-foreground">{emptyText(query, archived)}</p>
        )}
      </div>
      {doomed && (
        <Suspense fallback={null}>
          <DeleteDialog session={doomed} onClose={() => setDoomed(null)} onDelete={actions.remove} />
        </Suspense>
      )}
    </div>
  );
}

function emptyText(query: string, archived: boolean): string {
  if (query !== "") return `No session has “${query}” in its title.`;
  return archived ? "Nothing is archived." : "Your sessions will appear here.";
}

function RowSkeletons() {
  return (
    <div className="space-y-1 py-2">
      {SKELETON_WIDTHS.map((width) => (
        <div key={width} className="flex h-9 items-center px-2.5">
          <Skeleton className="h-3.5" style={{ width }} />
        </div>
      ))}
    </div>
  );
}
