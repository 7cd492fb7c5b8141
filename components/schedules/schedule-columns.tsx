import type { Schedule } from "@/lib/contracts/schedules";
import type { Column } from "../ui/data-table";
import { Lamp } from "../ui/lamp";
import { RelativeTime } from "../ui/relative-time";

/** Whether a schedule runs, and if not, whose doing that is. */
export function ScheduleState({ schedule: { paused, failuresInRow } }: { schedule: Schedule }) {
  const tone = paused ? (paused.code ? "danger" : "idle") : failuresInRow > 0 ? "caution" : "ok";
  const label = paused ? (paused.code ? "Paused after failures" : "Paused") : "On";
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap text-muted-foreground">
      <Lamp tone={tone} small />
      {label}
    </span>
  );
}

export const SCHEDULE_COLUMNS: readonly Column<Schedule>[] = [
  {
    key: "name",
    header: "Name",
    className: "max-w-0 w-2/5",
    cell: ({ name }) => <span className="block truncate font-medium">{name}</span>,
  },
  {
    key: "words",
    header: "When",
    from: "md",
    className: "max-w-0 w-2/5",
    cell: ({ words, timeZone }) => (
      <span className="block truncate text-muted-foreground">
        {words} ({timeZone})
      </span>
    ),
  },
  {
    key: "next",
    header: "Next run",
    from: "sm",
    className: "whitespace-nowrap text-muted-foreground",
    cell: ({ nextRunAt }) => nextRunAt && <RelativeTime at={nextRunAt} />,
  },
  { key: "state", header: "State", cell: (schedule) => <ScheduleState schedule={schedule} /> },
];
