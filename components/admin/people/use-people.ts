"use client";

import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { parseAsBoolean, parseAsInteger, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useCallback } from "react";
import { useTRPC } from "@/client/trpc";
import { PEOPLE_SORTS } from "@/lib/contracts/people";
import { ROLES } from "@/lib/contracts/roles";

export const PEOPLE_PAGE_ROWS = 50;
const REFRESH_MS = 15_000;

/** What the address says of the list. */
export function usePeopleView() {
  return useQueryStates({
    q: parseAsString.withDefault(""),
    role: parseAsStringLiteral(ROLES),
    state: parseAsStringLiteral(["enabled", "disabled", "suspended"] as const),
    sort: parseAsStringLiteral(PEOPLE_SORTS).withDefault("lastSeenAt"),
    desc: parseAsBoolean.withDefault(true),
    page: parseAsInteger.withDefault(0),
  });
}

export type PeopleView = ReturnType<typeof usePeopleView>[0];

/** One page of people. The rows of the former answer stay while the next one is under way. */
export function usePeople({ q, role, state, sort, desc, page }: PeopleView) {
  const trpc = useTRPC();
  return useQuery(
    trpc.admin.people.list.queryOptions(
      {
        ...(q && { query: q }),
        ...(role && { role }),
        ...(state && { state }),
        ...{ sort, descending: desc, page: Math.max(0, page), limit: PEOPLE_PAGE_ROWS },
      },
      {
        placeholderData: keepPreviousData,
        refetchInterval: ({ state }) => (state.data ? REFRESH_MS : false),
      },
    ),
  );
}

/** Asks for people again, as after a change. */
export function useRefreshPeople(): () => void {
  const trpc = useTRPC();
  const queries = useQueryClient();
  return useCallback(() => void queries.invalidateQueries(trpc.admin.people.pathFilter()), [queries, trpc]);
}
