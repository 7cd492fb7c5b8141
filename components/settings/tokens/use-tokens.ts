"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "@/client/trpc";

/** The person's API tokens. Asked again when somebody comes back to the page, because their use changes them. */
export function useTokens() {
  const trpc = useTRPC();
  return useQuery(trpc.tokens.list.queryOptions(undefined, { staleTime: 0 }));
}

/** Makes a token. Its text is in the answer, which is not kept: whoever asked for it has it. */
export function useCreateToken() {
  const trpc = useTRPC();
  const refresh = useRefreshTokens();
  return useMutation(trpc.tokens.create.mutationOptions({ gcTime: 0, onSuccess: refresh }));
}

export function useRevokeToken() {
  const trpc = useTRPC();
  const refresh = useRefreshTokens();
  return useMutation(trpc.tokens.revoke.mutationOptions({ onSuccess: refresh }));
}

// Not waited for: what was done is shown at once.
function useRefreshTokens(): () => void {
  const trpc = useTRPC();
  const queries = useQueryClient();
  return () => void queries.invalidateQueries(trpc.tokens.pathFilter());
}
