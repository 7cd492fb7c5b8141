"use client";

import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useCallback, useMemo } from "react";
import { useTRPC } from "@/client/trpc";
import type { AdminJobRow } from "@/lib/contracts/jobs";
import { JOB_STATE_OPTIONS } from "../../jobs/job-state";
import type { BulkAct } from "../bulk-dialog";

const PAGE_ROWS = 100;
const REFRESH_MS = 5_000;

/** What the address says of the list. */
export function useAdminJobsView() {
  return useQueryStates({
    owner: parseAsString.withDefault(""),
    state: parseAsStringLiteral(JOB_STATE_OPTIONS.map(({ value }) => value)),
  });
}

type View = ReturnType<typeof useAdminJobsView>[0];

/** Everybody's jobs, newest first, page by page. */
export function useAdminJobs({ owner, state }: View) {
  const trpc = useTRPC();
  return useInfiniteQuery(
    trpc.admin.jobs.list.infiniteQueryOptions(
      { ...(owner && { owner }), ...(state && { status: [state] }), limit: PAGE_ROWS },
      {
        getNextPageParam: (page) => page.nextCursor ?? undefined,
        initialCursor: null,
        placeholderData: keepPreviousData,
        refetchInterval: ({ state: asked }) => (asked.data ? REFRESH_MS : false),
      },
    ),
  );
}

/** Asks for the list again, as after a change. */
export function useRefreshAdminJobs(): () => void {
  const trpc = useTRPC();
  const queries = useQueryClient();
  return useCallback(() => void queries.invalidateQueries(trpc.admin.jobs.pathFilter()), [queries, trpc]);
}

/** How a job is named to those who may not see its prompt. */
export const nameOf = ({ owner, id }: Pick<AdminJobRow, "owner" | "id">): string =>
  `${owner.login}'s job ${id.slice(0, 8)}`;

/** The question before jobs are cancelled. */
export function useCancelJobs(): (jobs: readonly AdminJobRow[]) => BulkAct {
  const trpc = useTRPC();
  const { mutateAsync } = useMutation(trpc.admin.jobs.cancel.mutationOptions());
  return useMemo(
    () => (jobs) => {
      const [first] = jobs;
      const what = jobs.length === 1 && first ? nameOf(first) : `${jobs.length} jobs`;
      return {
        title: `Cancel ${what}?`,
        text: "What waits never starts; what runs is stopped, with the text that had arrived. Their owners see it, and it is in the audit log.",
        confirm: jobs.length === 1 ? "Cancel job" : "Cancel jobs",
        danger: true,
        done: `${what} cancelled`,
        rows: jobs.map((job) => ({ id: job.id, name: nameOf(job) })),
        run: (ids) => mutateAsync({ ids }),
      };
    },
    [mutateAsync],
  );
}
