"use client";

import { ListChecks } from "lucide-react";
import { useMemo } from "react";
import type { AdminJobRow } from "@/lib/contracts/jobs";
import { isOpen, JOB_STATE_OPTIONS } from "../../jobs/job-state";
import { AskedTable } from "../../shell/asked-table";
import { SectionPage, SectionScroll } from "../../shell/section-page";
import { Button } from "../../ui/button";
import { EmptyState } from "../../ui/empty-state";
import { FilterMenu } from "../../ui/filter-menu";
import { SearchField } from "../../ui/search-field";
import { ShowOlder } from "../../ui/show-older";
import { BulkBar } from "../bulk-bar";
import { useBulkActs } from "../use-bulk-acts";
import { useMayChange } from "../use-may-change";
import { ADMIN_JOB_COLUMNS } from "./job-columns";
import { nameOf, useAdminJobs, useAdminJobsView, useCancelJobs, useRefreshAdminJobs } from "./use-jobs";

/** Everybody's jobs: whose they are and how they go, and none of their words. */
export function AdminJobsPage() {
  const mayChange = useMayChange();
  const [view, setView] = useAdminJobsView();
  const asked = useAdminJobs(view);
  const jobs = useMemo(() => asked.data?.pages.flatMap(({ items }) => items), [asked.data]);
  const { selection, chosen, ask, dialog } = useBulkActs(jobs, useRefreshAdminJobs());
  const cancel = useCancelJobs();
  const open = chosen.filter(isOpen);
  const isFiltered = view.owner !== "" || view.state !== null;

  return (
    <SectionPage
      title="Jobs"
      filters={
        <>
          <SearchField
            label="Search by owner"
            placeholder="Login of the owner"
            value={view.owner}
            onChange={(owner) => void setView({ owner: owner || null })}
          />
          <FilterMenu
            label="State"
            value={view.state}
            options={JOB_STATE_OPTIONS}
            onChange={(state) => void setView({ state })}
          />
        </>
      }
    >
      <SectionScroll>
        <AskedTable<AdminJobRow>
          asked={asked}
          label="Jobs"
          columns={ADMIN_JOB_COLUMNS}
          rows={jobs}
          idOf={({ id }) => id}
          nameOf={nameOf}
          {...(mayChange && { selection })}
          empty={
            <EmptyState
              icon={<ListChecks />}
              title={isFiltered ? "Nothing matches" : "No jobs yet"}
              text={
                isFiltered
                  ? "Try another owner, or another state."
                  : "People, and programs with their API tokens, run prompts in the background as jobs. Whose they are and how they go is shown here; their words are not."
              }
            />
          }
        />
        <ShowOlder asked={asked} className="flex justify-center py-4" />
        <BulkBar selection={selection}>
          <Button
            size="sm"
            className="text-danger!"
            disabled={open.length === 0}
            onClick={() => ask(cancel(open))}
          >
            Cancel jobs
          </Button>
        </BulkBar>
      </SectionScroll>
      {dialog}
    </SectionPage>
  );
}
