import type { AuditEvent } from "@/lib/contracts/audit";
import type { Column } from "../../ui/data-table";
import { Lamp } from "../../ui/lamp";
import { actionLabel } from "./action-labels";

const WHEN = new Intl.DateTimeFormat("en", {
  ...{ month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit" },
  hourCycle: "h23",
});

const RESULTS = {
  ok: { label: "Done", tone: "ok" },
  refused: { label: "Refused", tone: "caution" },
  failed: { label: "Failed", tone: "danger" },
} as const;

export function AuditResultLamp({ event }: { event: Pick<AuditEvent, "result"> }) {
  const { label, tone } = RESULTS[event.result];
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap text-muted-foreground">
      <Lamp tone={tone} small />
      {label}
    </span>
  );
}

/** Who did it, as it is shown. */
export const whoOf = ({ actor }: AuditEvent): string => actor?.name ?? "Nobody signed in";

/** What it was done to, as it is shown. */
export const targetOf = ({ target }: AuditEvent): string =>
  target === null ? "" : (target.name ?? `${target.type} ${target.id.slice(0, 8)}`);

export const AUDIT_COLUMNS: readonly Column<AuditEvent>[] = [
  {
    key: "at",
    header: "When",
    className: "w-px whitespace-nowrap tabular-nums text-muted-foreground",
    cell: ({ at }) => <time dateTime={at.toISOString()}>{WHEN.format(at)}</time>,
  },
  { key: "who", header: "Who", cell: (event) => <span className="font-medium">{whoOf(event)}</span> },
  { key: "action", header: "What", cell: ({ action }) => actionLabel(action) },
  {
    key: "target",
    header: "On what",
    from: "md",
    cell: (event) => <span className="text-muted-foreground">{targetOf(event)}</span>,
  },
  {
    key: "address",
    header: "From",
    from: "lg",
    cell: ({ address }) => <span className="text-muted-foreground tabular-nums">{address ?? ""}</span>,
  },
  { key: "result", header: "Result", from: "sm", cell: (event) => <AuditResultLamp event={event} /> },
];
