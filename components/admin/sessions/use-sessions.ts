"use client";

import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { parseAsBoolean, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useCallback, useMemo } from "react";
import { useTRPC } from "@/client/trpc";
import {
  ADMIN_SESSION_SORTS,
  type AdminSessionFilter,
  AdminSessionState,
} from "@/lib/contracts/admin-sessions";

const PAGE_ROWS = 50;
const REFRESH_MS = 10_000;
const DAY_MS = 86_400_000;

/** Spans of time to choose by: newer than, or (`older`) not. */
export const SPANS = {
  day: { label: "24 hours", ms: DAY_MS },
  week: { label: "7 days", ms: 7 * DAY_MS },
  month: { label: "30 days", ms: 30 * DAY_MS },
  quarter: { label: "90 days", ms: 90 * DAY_MS },
} as const;
type Span = keyof typeof SPANS;
const SPAN_NAMES = Object.keys(SPANS) as Span[];
export const SPAN_VALUES = SPAN_NAMES.flatMap((span) => [`within-${span}`, `before-${span}`] as const);

/** What the address says of the list. */
export function useSessionsView() {
  return useQueryStates({
    q: parseAsString.withDefault(""),
    owner: parseAsString.withDefault(""),
    state: parseAsStringLiteral(AdminSessionState.options),
    model: parseAsString,
    server: parseAsString,
    created: parseAsStringLiteral(SPAN_VALUES),
    active: parseAsStringLiteral(SPAN_VALUES),
    sort: parseAsStringLiteral(ADMIN_SESSION_SORTS).withDefault("lastActivityAt"),
    desc: parseAsBoolean.withDefault(true),
    after: parseAsString,
    before: parseAsString,
  });
}

export type SessionsView = ReturnType<typeof useSessionsView>[0];

function rangeOf(span: (typeof SPAN_VALUES)[number] | null): { from?: Date; to?: Date } {
  if (span === null) return {};
  const [side, name] = span.split("-") as ["within" | "before", Span];
  const edge = new Date(Date.now() - SPANS[name].ms);
  return side === "within" ? { from: edge } : { to: edge };
}

/** A change of the conditions, with the order that goes with it: a list by one date alone is in the order of that date.
 *  In the order of the other what matches may begin a long way down, and take the database as long to find. */
export function withOrder(
  view: Pick<SessionsView, "created" | "active">,
  change: Partial<SessionsView>,
): Partial<SessionsView> {
  const { created, active } = { ...view, ...change };
  if (change.active && !created) return { ...change, sort: "lastActivityAt" };
  if (change.created && !active) return { ...change, sort: "createdAt" };
  return change;
}

/** The conditions of a view. Spans count from when they were chosen, so that pages fit together. */
export function useSessionsFilter(view: SessionsView): AdminSessionFilter {
  const { q, owner, state, model, server, created, active } = view;
  return useMemo(() => {
    const [createdRange, activeRange] = [rangeOf(created), rangeOf(active)];
    return {
      ...(q && { query: q }),
      ...(owner && { owner }),
      ...(state && { state }),
      ...(model && { model }),
      ...(server && { server }),
      ...(createdRange.from && { createdFrom: createdRange.from }),
      ...(createdRange.to && { createdTo: createdRange.to }),
      ...(activeRange.from && { activeFrom: activeRange.from }),
      ...(activeRange.to && { activeTo: activeRange.to }),
    };
  }, [q, owner, state, model, server, created, active]);
}

/** One page of everybody's sessions. The rows of the former answer stay while the next one is under way. */
export function useSessions(filter: AdminSessionFilter, { sort, desc, after, before }: SessionsView) {
  const trpc = useTRPC();
  return useQuery(
    trpc.admin.sessions.list.queryOptions(
      {
        ...filter,
        ...{ sort, descending: desc, limit: PAGE_ROWS },
        ...(after && { after }),
        ...(!after && before && { before }),
      },
      {
        placeholderData: keepPreviousData,
        refetchInterval: ({ state }) => (state.data ? REFRESH_MS : false),
      },
    ),
  );
}

/** Everything about one session, for its panel. */
export function useSessionDetails(sessionId: string) {
  const trpc = useTRPC();
  return useQuery(
    trpc.admin.sessions.get.queryOptions(
      { sessionId },
      { refetchInterval: ({ state }) => (state.data ? REFRESH_MS : false) },
    ),
  );
}

/** Asks for sessions again, as after a change. */
export function useRefreshSessions(): () => void {
  const trpc = useTRPC();
  const queries = useQueryClient();
  return useCallback(() => void queries.invalidateQueries(trpc.admin.sessions.pathFilter()), [queries, trpc]);
}
