"use client";

import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useMemo } from "react";
import { useTRPC } from "@/client/trpc";
import { AUDIT_ACTIONS, type AuditFilter, AuditResult } from "@/lib/contracts/audit";

const PAGE_ROWS = 100;
const REFRESH_MS = 15_000;
const HOUR_MS = 3_600_000;

/** How far back the log is shown. */
export const SINCE = {
  hour: { label: "Last hour", ms: HOUR_MS },
  day: { label: "Last 24 hours", ms: 24 * HOUR_MS },
  week: { label: "Last 7 days", ms: 7 * 24 * HOUR_MS },
  month: { label: "Last 30 days", ms: 30 * 24 * HOUR_MS },
} as const;
const SINCE_NAMES = Object.keys(SINCE) as (keyof typeof SINCE)[];

/** What the address says of the log. */
export function useAuditView() {
  return useQueryStates({
    person: parseAsString.withDefault(""),
    action: parseAsStringLiteral(AUDIT_ACTIONS),
    result: parseAsStringLiteral(AuditResult.options),
    target: parseAsString,
    since: parseAsStringLiteral(SINCE_NAMES),
  });
}

export type AuditView = ReturnType<typeof useAuditView>[0];

/** The conditions of a view. `since` counts from when it was chosen, so that pages fit together. */
export function useAuditFilter({ person, action, result, target, since }: AuditView): AuditFilter {
  return useMemo(
    () => ({
      ...(person && { person }),
      ...(action && { actions: [action] }),
      ...(result && { result }),
      ...(target && { target }),
      ...(since && { from: new Date(Date.now() - SINCE[since].ms) }),
    }),
    [person, action, result, target, since],
  );
}

/** The log, newest first, page by page. */
export function useAudit(filter: AuditFilter) {
  const trpc = useTRPC();
  return useInfiniteQuery(
    trpc.admin.audit.list.infiniteQueryOptions(
      { ...filter, limit: PAGE_ROWS },
      {
        getNextPageParam: (page) => page.nextCursor ?? undefined,
        initialCursor: null,
        placeholderData: keepPreviousData,
        refetchInterval: ({ state }) => (state.data ? REFRESH_MS : false),
      },
    ),
  );
}
