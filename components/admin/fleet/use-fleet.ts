"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { parseAsString, useQueryState } from "nuqs";
import { useCallback } from "react";
import { useTRPC } from "@/client/trpc";

const REFRESH_MS = 5_000;

/** The fleet as the process that answers sees it. */
export function useFleet() {
  const trpc = useTRPC();
  return useQuery(trpc.admin.fleet.list.queryOptions(undefined, { refetchInterval: REFRESH_MS }));
}

/** Which server's panel is open; in the address, so that a server can be linked to. */
export const useOpenServer = () => useQueryState("server", parseAsString);

/** Asks for the fleet again, as after a change. */
export function useRefreshFleet(): () => void {
  const trpc = useTRPC();
  const queries = useQueryClient();
  return useCallback(() => void queries.invalidateQueries(trpc.admin.fleet.pathFilter()), [queries, trpc]);
}
