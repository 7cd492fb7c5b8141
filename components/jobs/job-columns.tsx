import type { JobRow } from "@/lib/contracts/jobs";
import type { Column } from "../ui/data-table";
import { RelativeTime } from "../ui/relative-time";
import { JobState } from "./job-state";

const PRIORITIES = { high: "High", normal: "", low: "Low" } as const;

export const JOB_COLUMNS: readonly Column<JobRow>[] = [
  {
    key: "prompt",
    header: "Prompt",
    className: "max-w-0 w-full",
    cell: ({ promptStart }) => <span className="block truncate font-medium">{promptStart}</span>,
  },
  { key: "state", header: "State", cell: (job) => <JobState job={job} /> },
  {
    key: "priority",
    header: "Priority",
    from: "lg",
    cell: ({ priority }) => <span className="text-muted-foreground">{PRIORITIES[priority]}</span>,
  },
  {
    key: "attempts",
    header: "Attempts",
    align: "end",
    from: "md",
    cell: ({ attempts, maxAttempts }) => (attempts === 0 ? "" : `${attempts} of ${maxAttempts}`),
  },
  {
    key: "createdAt",
    header: "Created",
    from: "sm",
    className: "whitespace-nowrap text-muted-foreground",
    cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
  },
  {
    key: "endedAt",
    header: "Ended",
    from: "md",
    className: "whitespace-nowrap text-muted-foreground",
    cell: ({ endedAt }) => endedAt && <RelativeTime at={endedAt} />,
  },
];
