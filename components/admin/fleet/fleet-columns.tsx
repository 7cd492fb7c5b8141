import type { ServerRow } from "@/lib/contracts/fleet";
import { Badge } from "../../ui/badge";
import { cn } from "../../ui/cn";
import type { Column } from "../../ui/data-table";
import { Lamp } from "../../ui/lamp";
import { RelativeTime } from "../../ui/relative-time";
import { bytesText } from "../../ui/units";

export const SOURCE_LABELS: Record<ServerRow["source"], string> = {
  settings: "From CLI_URL",
  added: "Added here",
  supervised: "Started by Flightdeck",
};

const STATES = {
  starting: { label: "Connecting", tone: "idle", className: "text-muted-foreground" },
  ready: { label: "Ready", tone: "ok", className: "text-muted-foreground" },
  quarantined: { label: "Quarantined", tone: "caution", className: "text-caution" },
  down: { label: "Not reachable", tone: "danger", className: "text-danger" },
  unanswered: { label: "No answer yet", tone: "caution", className: "text-caution" },
} as const;

export function ServerLamp({ server }: { server: ServerRow }) {
  const isUnanswered = server.state === "starting" && server.lastError !== null;
  const { label, tone, className } = STATES[isUnanswered ? "unanswered" : server.state];
  const words = server.restarting ? "Restarting" : label;
  return (
    <span className={cn("inline-flex items-center gap-1.5 whitespace-nowrap", className)}>
      <Lamp tone={tone} small blinking={server.restarting || server.state === "starting"} />
      {words}
    </span>
  );
}

/** What is special about a server beside its state. */
export function ServerBadges({ server: { draining, activeTurns, isSpare } }: { server: ServerRow }) {
  return (
    <>
      {draining && (
        <Badge className="border-caution/40 text-caution!">{activeTurns > 0 ? "Draining" : "Drained"}</Badge>
      )}
      {isSpare && <Badge>Spare</Badge>}
    </>
  );
}

function Turns({ server: { activeTurns, turnsMax } }: { server: ServerRow }) {
  const part = Math.min(1, activeTurns / Math.max(1, turnsMax));
  return (
    <span className="inline-flex items-center gap-2 whitespace-nowrap">
      <span aria-hidden className="hidden h-1 w-14 overflow-hidden rounded-full bg-hover sm:block">
        <span
          className={cn("block h-full rounded-full", part < 1 ? "bg-accent" : "bg-caution")}
          style={{ width: `${part * 100}%` }}
        />
      </span>
      <span>
        {activeTurns}
        <span className="text-muted-foreground">/{turnsMax}</span>
      </span>
    </span>
  );
}

const NONE = <span className="text-muted-foreground">–</span>;

export const FLEET_COLUMNS: readonly Column<ServerRow>[] = [
  {
    key: "server",
    header: "Server",
    className: "max-w-44 sm:max-w-72",
    cell: (server) => (
      <span className="block py-1.5 leading-tight">
        <span className="flex min-w-0 items-center gap-2">
          <span className="truncate font-medium" title={server.id}>
            {server.id}
          </span>
          <span className="hidden shrink-0 gap-1 sm:inline-flex">
            <ServerBadges server={server} />
          </span>
        </span>
        <span className="hidden truncate text-xs text-muted-foreground sm:block">
          {SOURCE_LABELS[server.source]}
        </span>
        <span className="mt-1 flex flex-wrap items-center gap-1.5 text-xs sm:hidden">
          <ServerLamp server={server} />
          <ServerBadges server={server} />
        </span>
      </span>
    ),
  },
  { key: "state", header: "State", from: "sm", cell: (server) => <ServerLamp server={server} /> },
  {
    key: "turns",
    header: "Answering",
    align: "end",
    className: "w-px",
    cell: (server) => <Turns server={server} />,
  },
  {
    key: "attached",
    header: "Attached",
    align: "end",
    from: "md",
    cell: ({ attachedSessions }) => attachedSessions.toLocaleString("en"),
  },
  {
    key: "latency",
    header: "Latency",
    align: "end",
    from: "md",
    cell: ({ latencyMs }) => (latencyMs === null ? NONE : `${Math.round(latencyMs)} ms`),
  },
  {
    key: "memory",
    header: "Memory",
    align: "end",
    from: "lg",
    cell: ({ memoryBytes }) => (memoryBytes === null ? NONE : bytesText(memoryBytes)),
  },
  {
    key: "children",
    header: "Children",
    align: "end",
    from: "xl",
    cell: ({ children }) => children ?? NONE,
  },
  {
    key: "version",
    header: "Version",
    align: "end",
    from: "lg",
    cell: ({ version }) => version ?? NONE,
  },
  {
    key: "lost",
    header: "Lost",
    align: "end",
    from: "md",
    cell: ({ lostTimes }) => <span className={cn(lostTimes > 0 && "text-caution")}>{lostTimes}</span>,
  },
  {
    key: "up",
    header: "Up since",
    align: "end",
    from: "lg",
    cell: ({ upSince }) =>
      upSince ? <RelativeTime at={upSince} className="whitespace-nowrap text-muted-foreground" /> : NONE,
  },
];
