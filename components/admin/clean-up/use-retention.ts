"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useTRPC } from "@/client/trpc";
import type { RetentionRule } from "@/lib/contracts/retention";

const REFRESH_MS = 15_000;
/** While a run is under way. */
const LIVE_MS = 2_000;

/** The rules and holds. */
export function useRetention() {
  const trpc = useTRPC();
  return useQuery(trpc.admin.retention.get.queryOptions(undefined, { refetchInterval: REFRESH_MS }));
}

/** The newest runs; asked for more often while one is under way. */
export function useRuns() {
  const trpc = useTRPC();
  return useQuery(
    trpc.admin.retention.runs.queryOptions(
      {},
      {
        refetchInterval: ({ state }) =>
          state.data?.items.some((run) => run.state === "running") ? LIVE_MS : REFRESH_MS,
      },
    ),
  );
}

/** What would go now by `rules`, or by the stored ones. Asked anew each time it is shown. */
export function usePreview(rules: RetentionRule[] | null) {
  const trpc = useTRPC();
  return useQuery(
    trpc.admin.retention.preview.queryOptions(rules ? { rules } : {}, { staleTime: 0, gcTime: 0 }),
  );
}

/** Changes rules or a hold; what it answers with is what the page shows then. */
export function useUpdateRetention() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  return useMutation(
    trpc.admin.retention.update.mutationOptions({
      onSuccess: (stored) => queries.setQueryData(trpc.admin.retention.get.queryKey(), stored),
    }),
  );
}

/** Starts a run. */
export function useStartRun() {
  const trpc = useTRPC();
  return useMutation(trpc.admin.retention.run.mutationOptions());
}

/** Asks for everything about clean-up again. */
export function useRefreshRetention(): () => void {
  const trpc = useTRPC();
  const queries = useQueryClient();
  return useCallback(
    () => void queries.invalidateQueries(trpc.admin.retention.pathFilter()),
    [queries, trpc],
  );
}
