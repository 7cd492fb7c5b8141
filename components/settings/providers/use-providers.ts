"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "@/client/trpc";
import { useShell } from "../../shell/shell-context";

/** A person's own providers, or those that are there for everyone. */
export type Whose = "own" | "shared";

/** Whether the person may change them. The server decides again at every call. */
export function useMayChange(whose: Whose): boolean {
  const { role } = useShell().me;
  return whose === "own" || role === "admin";
}

function useDesk(whose: Whose) {
  const trpc = useTRPC();
  return whose === "own" ? trpc.providers : trpc.admin.providers;
}

export function useProviders(whose: Whose) {
  return useQuery(useDesk(whose).list.queryOptions());
}

/** What can be done about them; the models to pick from are asked for again after each change. */
export function useProviderActs(whose: Whose) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const desk = useDesk(whose);
  const onSuccess = () => {
    void queries.invalidateQueries(desk.list.pathFilter());
    void queries.invalidateQueries(trpc.models.list.pathFilter());
  };
  return {
    create: useMutation(desk.create.mutationOptions({ onSuccess })),
    update: useMutation(desk.update.mutationOptions({ onSuccess })),
    remove: useMutation(desk.delete.mutationOptions({ onSuccess })),
    test: useMutation(desk.test.mutationOptions()),
  };
}
