"use client";

import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useCallback, useEffect, useRef, useState } from "react";
import { clientErrorOf } from "@/client/errors";
import { useBrowserClient } from "@/client/provider";
import { useTRPC } from "@/client/trpc";
import type { Job } from "@/lib/contracts/jobs";
import { toastError } from "../ui/toast";
import { isOpen, JOB_STATE_OPTIONS } from "./job-state";

const PAGE_ROWS = 50;
/** The list is asked for again this often while something becomes of a job, and otherwise. */
const REFRESH_MS = 2_000;
const REFRESH_IDLE_MS = 15_000;

/** What the address says of the page: which jobs are listed, and which one is open. */
export function useJobsView() {
  return useQueryStates({
    state: parseAsStringLiteral(JOB_STATE_OPTIONS.map(({ value }) => value)),
    job: parseAsString,
  });
}

type View = ReturnType<typeof useJobsView>[0];

/** The person's jobs, newest first, page by page. */
export function useJobs({ state }: Pick<View, "state">) {
  const trpc = useTRPC();
  return useInfiniteQuery(
    trpc.jobs.list.infiniteQueryOptions(
      { ...(state && { status: [state] }), limit: PAGE_ROWS },
      {
        getNextPageParam: (page) => page.nextCursor ?? undefined,
        initialCursor: null,
        placeholderData: keepPreviousData,
        refetchInterval: (query) => {
          const pages = query.state.data?.pages ?? [];
          return pages.some(({ items }) => items.some(isOpen)) ? REFRESH_MS : REFRESH_IDLE_MS;
        },
      },
    ),
  );
}

/** Asks for the lists of jobs again, as after a change. */
export function useRefreshJobs(): () => void {
  const trpc = useTRPC();
  const queries = useQueryClient();
  return useCallback(() => void queries.invalidateQueries(trpc.jobs.pathFilter()), [queries, trpc]);
}

/** One job as it is, and as it becomes until it has ended. `error`: why there is none; `again`: goes on with one that was
 *  asked for again after its end. */
export function useJob(jobId: string): { job: Job | null; error: string | null; again(): void } {
  const { trpc } = useBrowserClient();
  const [job, setJob] = useState<Job | null>(null);
  const [error, setError] = useState<string | null>(null);
  const watch = useRef<{ unsubscribe(): void } | null>(null);
  const again = useCallback(() => {
    watch.current?.unsubscribe();
    // Not by the library's hook, which every page would carry, the one of a conversation too.
    watch.current = trpc.jobs.watch.subscribe(
      { jobId },
      {
        onData: ({ data }) => setJob(data),
        onError: (failure) => setError(clientErrorOf(failure).message),
      },
    );
  }, [trpc, jobId]);
  useEffect(() => {
    again();
    return () => watch.current?.unsubscribe();
  }, [again]);
  return { job, error, again };
}

/** What can be done to a job. */
export function useJobActs() {
  const trpc = useTRPC();
  const refresh = useRefreshJobs();
  const told = {
    onSuccess: refresh,
    onError: (error: unknown) => toastError(clientErrorOf(error).message),
  };
  const cancel = useMutation(trpc.jobs.cancel.mutationOptions(told));
  const retry = useMutation(trpc.jobs.retry.mutationOptions(told));
  return { cancel, retry };
}
