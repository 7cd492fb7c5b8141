"use client";

import { useMutation } from "@tanstack/react-query";
import { useTRPC } from "../trpc";

/** Stop the active turn of a session; repeat a failed or stopped one. What they change arrives as events. */
export function useTurnActions() {
  const trpc = useTRPC();
  const abort = useMutation(trpc.turns.abort.mutationOptions());
  const retry = useMutation(trpc.turns.retry.mutationOptions());
  return { abort, retry };
}
