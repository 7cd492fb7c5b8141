"use client";

import { skipToken, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import type { SessionSummary } from "@/lib/contracts/sessions";
import { useBrowserClient } from "../provider";
import { useTRPC } from "../trpc";
import { editLists, withChanged, without } from "./edit-lists";

/** How often the list is asked again while an answer is running somewhere, and otherwise. */
const LIST_BUSY_MS = 5_000;
const LIST_QUIET_MS = 60_000;

export type SessionFilter = { query: string; archived: boolean };

/** The sessions that match, newest activity first, page by page. The rows of the last answer stay while the
 *  next search is under way. */
export function useSessionList({ query, archived }: SessionFilter) {
  const trpc = useTRPC();
  return useInfiniteQuery(
    trpc.sessions.list.infiniteQueryOptions(
      { archived, ...(query && { query }) },
      {
        getNextPageParam: (page) => page.nextCursor ?? undefined,
        placeholderData: (previous) => previous,
        refetchInterval: ({ state }) => {
          const busy = state.data?.pages.some((page) => page.items.some((item) => item.activeTurn));
          return busy ? LIST_BUSY_MS : LIST_QUIET_MS;
        },
      },
    ),
  );
}

/** One session; null: none is asked for. */
export function useSession(sessionId: string | null) {
  const trpc = useTRPC();
  return useQuery(trpc.sessions.get.queryOptions(sessionId === null ? skipToken : { sessionId }));
}

/** Changes what the list and the header show, before or without asking the server. */
export function useSessionCache() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  return useMemo(() => {
    const lists = trpc.sessions.list.infiniteQueryFilter();
    return {
      patch(sessionId: string, change: Partial<SessionSummary>): void {
        editLists(queries, lists, (items) => withChanged(items, sessionId, change));
        queries.setQueryData(
          trpc.sessions.get.queryKey({ sessionId }),
          (old) => old && { ...old, ...change },
        );
      },
      remove(sessionId: string): void {
        editLists(queries, lists, (items) => without(items, sessionId));
      },
      put(session: SessionSummary): void {
        queries.setQueryData(trpc.sessions.get.queryKey({ sessionId: session.id }), session);
      },
      refresh: () => queries.invalidateQueries(lists),
    };
  }, [trpc, queries]);
}

/** Rename, change model, archive and bring back. The change shows at once and is taken back where it fails. */
export function useUpdateSession() {
  const trpc = useTRPC();
  const cache = useSessionCache();
  return useMutation(
    trpc.sessions.update.mutationOptions({
      onMutate({ sessionId, ...change }) {
        if (change.archived === undefined) cache.patch(sessionId, change);
        else cache.remove(sessionId);
      },
      onSuccess: (session) => cache.put(session),
      onSettled: () => cache.refresh(),
    }),
  );
}

export function useDeleteSession() {
  const trpc = useTRPC();
  const cache = useSessionCache();
  const { watches } = useBrowserClient();
  return useMutation(
    trpc.sessions.delete.mutationOptions({
      // The stream ends with the session, before this call is answered; nobody should ask why.
      onMutate: ({ sessionId }) => ({ goOn: watches.hold(sessionId) }),
      onError: (_error, _input, held) => held?.goOn(),
      onSuccess(_, { sessionId }) {
        cache.remove(sessionId);
        watches.forget(sessionId);
      },
      onSettled: () => cache.refresh(),
    }),
  );
}

/** Creates a session; it is in the cache before the answer is given on. */
export function useCreateSession() {
  const trpc = useTRPC();
  const cache = useSessionCache();
  const { mutateAsync } = useMutation(
    trpc.sessions.create.mutationOptions({
      onSuccess: (session) => cache.put(session),
      onSettled: () => cache.refresh(),
    }),
  );
  return useCallback((model: string | null) => mutateAsync({ ...(model && { model }) }), [mutateAsync]);
}
