import type { AdminJobRow } from "@/lib/contracts/jobs";
import { JobState } from "../../jobs/job-state";
import { Avatar } from "../../shell/avatar";
import type { Column } from "../../ui/data-table";
import { RelativeTime } from "../../ui/relative-time";

export const ADMIN_JOB_COLUMNS: readonly Column<AdminJobRow>[] = [
  {
    key: "owner",
    header: "Owner",
    cell: ({ owner }) => (
      <span className="flex items-center gap-2 font-medium">
        <Avatar login={owner.login} image={owner.image} />
        {owner.login}
      </span>
    ),
  },
  { key: "state", header: "State", cell: (job) => <JobState job={job} /> },
  {
    key: "code",
    header: "Failure",
    from: "md",
    cell: ({ code }) => <span className="text-muted-foreground">{code}</span>,
  },
  {
    key: "attempts",
    header: "Attempts",
    align: "end",
    from: "md",
    cell: ({ attempts, maxAttempts }) => (attempts === 0 ? "" : `${attempts} of ${maxAttempts}`),
  },
  {
    key: "promptChars",
    header: "Prompt",
    align: "end",
    from: "lg",
    cell: ({ promptChars }) => `${promptChars.toLocaleString("en")} chars`,
  },
  {
    key: "createdAt",
    header: "Created",
    from: "sm",
    className: "whitespace-nowrap text-muted-foreground",
    cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
  },
  {
    key: "startedAt",
    header: "Started",
    from: "xl",
    className: "whitespace-nowrap text-muted-foreground",
    cell: ({ startedAt }) => startedAt && <RelativeTime at={startedAt} />,
  },
  {
    key: "endedAt",
    header: "Ended",
    from: "lg",
    className: "whitespace-nowrap text-muted-foreground",
    cell: ({ endedAt }) => endedAt && <RelativeTime at={endedAt} />,
  },
];
