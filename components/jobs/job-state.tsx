import type { JobRow, JobStatus } from "@/lib/contracts/jobs";
import { Lamp } from "../ui/lamp";

type Shown = { label: string; tone: "accent" | "ok" | "danger" | "idle" | "caution"; blinking?: boolean };

const STATES: Record<JobStatus, Shown> = {
  queued: { label: "Waiting", tone: "idle" },
  running: { label: "Running", tone: "accent", blinking: true },
  succeeded: { label: "Done", tone: "ok" },
  failed: { label: "Failed", tone: "danger" },
  cancelled: { label: "Cancelled", tone: "idle" },
};

export const JOB_STATE_OPTIONS = (Object.keys(STATES) as JobStatus[]).map((value) => ({
  value,
  label: STATES[value].label,
}));

/** Whether something still becomes of the job. */
export const isOpen = ({ status }: Pick<JobRow, "status">): boolean =>
  status === "queued" || status === "running";

/** A job's state as it is shown; one that waits for another attempt says so. */
export function JobState({ job }: { job: Pick<JobRow, "status" | "attempts"> }) {
  const { label, tone, blinking } = STATES[job.status];
  const isAgain = job.status === "queued" && job.attempts > 0;
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap text-muted-foreground">
      <Lamp tone={isAgain ? "caution" : tone} small blinking={blinking ?? false} />
      {isAgain ? "Trying again" : label}
    </span>
  );
}
