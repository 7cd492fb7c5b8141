"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../trpc";

const MODELS_STALE_MS = 5 * 60_000;

/** The models this person may pick. Asked once, then refreshed every few minutes; `enabled`: whether they are asked for. */
export function useModels({ enabled = true }: { enabled?: boolean } = {}) {
  const trpc = useTRPC();
  return useQuery(trpc.models.list.queryOptions(undefined, { staleTime: MODELS_STALE_MS, enabled }));
}
