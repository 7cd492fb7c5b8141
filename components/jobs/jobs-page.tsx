"use client";

import { ListChecks, Plus } from "lucide-react";
import { useMemo, useState } from "react";
import type { JobRow } from "@/lib/contracts/jobs";
import { AskedTable } from "../shell/asked-table";
import { SectionPage, SectionScroll } from "../shell/section-page";
import { Button } from "../ui/button";
import { EmptyState } from "../ui/empty-state";
import { FilterMenu } from "../ui/filter-menu";
import { ShowOlder } from "../ui/show-older";
import { JOB_COLUMNS } from "./job-columns";
import { JobPanel } from "./job-panel";
import { JOB_STATE_OPTIONS } from "./job-state";
import { NewJobDialog } from "./new-job-dialog";
import { useJobs, useJobsView, useRefreshJobs } from "./use-jobs";

export function JobsPage() {
  const [view, setView] = useJobsView();
  const asked = useJobs(view);
  const refresh = useRefreshJobs();
  const [isMaking, setIsMaking] = useState(false);
  const jobs = useMemo(() => asked.data?.pages.flatMap(({ items }) => items), [asked.data]);
  const newButton = (
    <Button size="sm" onClick={() => setIsMaking(true)}>
      <Plus aria-hidden className="size-4" />
      New job
    </Button>
  );

  return (
    <SectionPage
      title="Jobs"
      actions={newButton}
      filters={
        <FilterMenu
          label="State"
          value={view.state}
          options={JOB_STATE_OPTIONS}
          onChange={(state) => void setView({ state })}
        />
      }
    >
      <SectionScroll>
        <AskedTable<JobRow>
          asked={asked}
          label="Jobs"
          columns={JOB_COLUMNS}
          rows={jobs}
          idOf={({ id }) => id}
          nameOf={({ promptStart }) => promptStart}
          onOpen={({ id }) => void setView({ job: id })}
          empty={
            view.state ? (
              <EmptyState
                icon={<ListChecks />}
                title="Nothing matches"
                text="No job of yours is in this state."
              />
            ) : (
              <EmptyState
                icon={<ListChecks />}
                title="No jobs yet"
                text="A job is a prompt that runs in the background: it waits its turn, is tried again where that helps, and keeps its answer for 30 days. Programs make them with an API token."
              >
                {newButton}
              </EmptyState>
            )
          }
        />
        <ShowOlder asked={asked} className="flex justify-center py-4" />
      </SectionScroll>
      {view.job && <JobPanel key={view.job} jobId={view.job} onClose={() => void setView({ job: null })} />}
      {isMaking && (
        <NewJobDialog
          onClose={() => setIsMaking(false)}
          onMade={(job) => {
            setIsMaking(false);
            refresh();
            void setView({ job });
          }}
        />
      )}
    </SectionPage>
  );
}
