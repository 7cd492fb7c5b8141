import { Lock } from "lucide-react";
import type { AdminSessionRow, AdminSessionState } from "@/lib/contracts/admin-sessions";
import { shownModel } from "@/lib/provider-model";
import type { Column } from "../../ui/data-table";
import { Lamp } from "../../ui/lamp";
import { RelativeTime } from "../../ui/relative-time";

export const STATE_LABELS: Record<AdminSessionState, string> = {
  running: "Answering",
  queued: "Waiting",
  idle: "Idle",
  archived: "Archived",
};
const TONES = { running: "accent", queued: "caution", idle: "idle", archived: "idle" } as const;

export function SessionState({ state }: { state: AdminSessionState }) {
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap text-muted-foreground">
      <Lamp tone={TONES[state]} small blinking={state === "running"} />
      {STATE_LABELS[state]}
    </span>
  );
}

export const SESSION_COLUMNS: readonly Column<AdminSessionRow>[] = [
  {
    key: "title",
    header: "Title",
    className: "max-w-0 w-full",
    cell: ({ title, owner, onHold }) => (
      <span className="block min-w-0 leading-tight">
        <span className="flex items-center gap-1.5">
          <span className="truncate font-medium">{title}</span>
          {onHold && (
            <>
              <Lock aria-hidden className="size-3 shrink-0 text-muted-foreground" />
              <span className="sr-only">(on hold)</span>
            </>
          )}
        </span>
        <span className="block truncate text-xs text-muted-foreground sm:hidden">{owner.login}</span>
      </span>
    ),
  },
  {
    key: "owner",
    header: "Owner",
    from: "sm",
    cell: ({ owner }) => <span className="block max-w-36 truncate">{owner.login}</span>,
  },
  { key: "state", header: "State", cell: ({ state }) => <SessionState state={state} /> },
  {
    key: "model",
    header: "Model",
    from: "lg",
    cell: ({ model }) => (
      <span className="block max-w-36 truncate text-muted-foreground">
        {model === null ? "default" : shownModel(model)}
      </span>
    ),
  },
  {
    key: "server",
    header: "Server",
    from: "xl",
    cell: ({ server, moveTo }) => (
      <span className="block max-w-40 truncate text-muted-foreground">
        {server ?? "none yet"}
        {moveTo !== null && ` → ${moveTo}`}
      </span>
    ),
  },
  {
    key: "turns",
    header: "Turns",
    align: "end",
    from: "md",
    cell: ({ turns }) => turns.toLocaleString("en"),
  },
  {
    key: "created",
    header: "Created",
    align: "end",
    from: "lg",
    sortBy: "createdAt",
    cell: ({ createdAt }) => (
      <RelativeTime at={createdAt} className="whitespace-nowrap text-muted-foreground" />
    ),
  },
  {
    key: "active",
    header: "Active",
    align: "end",
    sortBy: "lastActivityAt",
    cell: ({ lastActivityAt }) => (
      <RelativeTime at={lastActivityAt} className="whitespace-nowrap text-muted-foreground" />
    ),
  },
];
