import Link from "next/link";
import type { ReactNode } from "react";
import type { Overview } from "@/lib/contracts/overview";
import { counted, countText, durationText } from "../../charts/numbers";
import { Lamp } from "../../ui/lamp";
import { Skeleton } from "../../ui/skeleton";

type Now = Overview["now"];
type Server = Now["servers"][number];

const STRIP =
  "grid grid-cols-2 gap-px overflow-hidden rounded-xl border bg-border sm:grid-cols-3 xl:grid-cols-5";
const CELL = "flex min-h-22 min-w-0 flex-col bg-raised px-4 py-3";

/** What goes on at this moment. */
export function NowFigures({ now }: { now: Now | undefined }) {
  if (!now) return <NowSkeleton />;
  const places = now.servers
    .filter(({ state, draining, isSpare }) => state === "ready" && !draining && !isSpare)
    .reduce((sum, { turnsMax }) => sum + turnsMax, 0);
  return (
    <section aria-label="Now" className={STRIP}>
      <Figure
        label="Answering now"
        value={countText(now.running)}
        note={places > 0 ? `of ${countText(places)} at once` : "no server takes any"}
      />
      <Figure
        label="Waiting"
        value={countText(now.queued)}
        lamp={now.queued > 0 ? <Lamp tone="caution" small /> : null}
        note={now.queued > 0 ? `longest ${durationText(now.longestWaitMs)}` : "nobody waits"}
      />
      <Figure label="Open watches" value={countText(now.watches)} note="live session pages" />
      <Figure
        label="App processes"
        value={countText(now.processes)}
        note={now.processes === 1 ? "this one" : "share the work"}
      />
      <Servers servers={now.servers} />
    </section>
  );
}

type FigureProps = { label: string; value: string; note: string; lamp?: ReactNode };

function Figure({ label, value, note, lamp }: FigureProps) {
  return (
    <dl className={CELL}>
      <dt className="text-xs text-muted-foreground">{label}</dt>
      <dd className="mt-0.5 flex items-center gap-2 text-xl font-semibold tracking-tight tabular-nums">
        {value}
        {lamp}
      </dd>
      <dd className="truncate text-xs text-muted-foreground">{note}</dd>
    </dl>
  );
}

/** More lamps than this would not fit. */
const LAMPS_MAX = 12;

function Servers({ servers }: { servers: readonly Server[] }) {
  const ready = servers.filter(({ state }) => state === "ready").length;
  const rest = servers.length - LAMPS_MAX;
  return (
    <Link
      href="/admin/fleet"
      className={`${CELL} hover:bg-hover focus-visible:-outline-offset-2 max-xl:col-span-2`}
    >
      <span className="text-xs text-muted-foreground">Copilot CLI servers</span>
      <span className="mt-0.5 text-xl font-semibold tracking-tight tabular-nums">
        {ready}
        <span className="font-normal text-muted-foreground"> / {servers.length} ready</span>
      </span>
      <span className="flex min-h-4.5 flex-wrap items-center gap-1.5">
        {servers.slice(0, LAMPS_MAX).map((server) => (
          <span key={server.id} title={serverText(server)} className="inline-flex py-0.5">
            <Lamp {...lampOf(server)} />
            <span className="sr-only">{serverText(server)}. </span>
          </span>
        ))}
        {rest > 0 && <span className="text-xs text-muted-foreground">+{rest}</span>}
      </span>
    </Link>
  );
}

function lampOf({ state, draining }: Server) {
  if (state === "ready") return { tone: draining ? ("caution" as const) : ("ok" as const) };
  if (state === "starting") return { tone: "accent" as const, blinking: true };
  return { tone: state === "down" ? ("danger" as const) : ("caution" as const) };
}

const serverText = ({ id, state, draining, isSpare, activeTurns, turnsMax }: Server): string =>
  [
    `${id}: ${state}`,
    ...(draining ? ["draining"] : []),
    isSpare ? "takes over when another fails" : `${activeTurns} of ${counted(turnsMax, "turn")}`,
  ].join(", ");

function NowSkeleton() {
  return (
    <div aria-hidden className={STRIP}>
      {["running", "waiting", "watches", "processes", "servers"].map((key) => (
        <div key={key} className={`${CELL} gap-2 last:max-xl:col-span-2`}>
          <Skeleton className="h-3 w-20" />
          <Skeleton className="h-5 w-10" />
          <Skeleton className="h-3 w-24" />
        </div>
      ))}
    </div>
  );
}
