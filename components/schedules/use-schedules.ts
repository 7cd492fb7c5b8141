"use client";

import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { parseAsString, useQueryState } from "nuqs";
import { useCallback, useEffect, useState } from "react";
import { clientErrorOf } from "@/client/errors";
import { useTRPC } from "@/client/trpc";
import { toast, toastError } from "../ui/toast";

const REFRESH_MS = 10_000;
const RUNS_REFRESH_MS = 3_000;
const RUNS_ROWS = 20;
const TYPING_MS = 250;

export function useSchedules() {
  const trpc = useTRPC();
  return useQuery(trpc.schedules.list.queryOptions(undefined, { refetchInterval: REFRESH_MS }));
}

/** Which schedule's panel is open; in the address, so that a schedule can be linked to. */
export const useOpenSchedule = () => useQueryState("schedule", parseAsString);

/** Asks for schedules and their runs again, as after a change. */
export function useRefreshSchedules(): () => void {
  const trpc = useTRPC();
  const queries = useQueryClient();
  return useCallback(() => void queries.invalidateQueries(trpc.schedules.pathFilter()), [queries, trpc]);
}

/** A schedule's history, newest first, page by page. */
export function useScheduleRuns(scheduleId: string) {
  const trpc = useTRPC();
  return useInfiniteQuery(
    trpc.schedules.runs.infiniteQueryOptions(
      { scheduleId, limit: RUNS_ROWS },
      {
        getNextPageParam: (page) => page.nextCursor ?? undefined,
        initialCursor: null,
        refetchInterval: RUNS_REFRESH_MS,
      },
    ),
  );
}

/** When what is being typed would run. The answer before stays until there is a new one. */
export function useSchedulePreview(input: { cron: string; timeZone: string }) {
  const trpc = useTRPC();
  const [settled, setSettled] = useState(input);
  const { cron, timeZone } = input;
  useEffect(() => {
    const timer = setTimeout(() => setSettled({ cron, timeZone }), TYPING_MS);
    return () => clearTimeout(timer);
  }, [cron, timeZone]);
  return useQuery(trpc.schedules.preview.queryOptions(settled, { placeholderData: keepPreviousData }));
}

/** What can be done to a schedule. */
export function useScheduleActs() {
  const trpc = useTRPC();
  const refresh = useRefreshSchedules();
  const onError = (error: unknown) => toastError(clientErrorOf(error).message);
  const told = { onSuccess: refresh, onError };
  const pause = useMutation(trpc.schedules.pause.mutationOptions(told));
  const resume = useMutation(trpc.schedules.resume.mutationOptions(told));
  const remove = useMutation(trpc.schedules.delete.mutationOptions(told));
  const runNow = useMutation(
    trpc.schedules.runNow.mutationOptions({
      onSuccess: () => {
        toast("It runs now. Its job goes on without this page.");
        refresh();
      },
      onError,
    }),
  );
  return { pause, resume, remove, runNow };
}
