"use client";

import { Plus, Server } from "lucide-react";
import { useState } from "react";
import type { Fleet, ServerRow } from "@/lib/contracts/fleet";
import { AskedTable } from "../../shell/asked-table";
import { SectionPage, SectionScroll } from "../../shell/section-page";
import { Button } from "../../ui/button";
import { EmptyState } from "../../ui/empty-state";
import { Lamp } from "../../ui/lamp";
import { Skeleton } from "../../ui/skeleton";
import { countText } from "../../ui/units";
import { BulkBar } from "../bulk-bar";
import type { BulkAct } from "../bulk-dialog";
import { useBulkActs } from "../use-bulk-acts";
import { useMayChange } from "../use-may-change";
import { AddServerDialog } from "./add-server-dialog";
import { FLEET_COLUMNS } from "./fleet-columns";
import { RemovedServers } from "./removed-servers";
import { ServerPanel } from "./server-panel";
import { takersOf } from "./server-rules";
import { useFleet, useOpenServer, useRefreshFleet } from "./use-fleet";
import { type FleetActs, useFleetActs } from "./use-fleet-acts";

const NO_SERVERS: readonly ServerRow[] = [];

export function FleetPage() {
  const mayChange = useMayChange();
  const asked = useFleet();
  const { data, error } = asked;
  const refresh = useRefreshFleet();
  const servers = data?.servers;
  const acts = useFleetActs(servers ?? NO_SERVERS);
  const [openId, setOpenId] = useOpenServer();
  const { selection, chosen, ask, dialog } = useBulkActs(servers, refresh);
  const [adding, setAdding] = useState<{ back: string | null } | null>(null);
  const open = servers?.find(({ id }) => id === openId);
  const addButton = (
    <Button size="sm" onClick={() => setAdding({ back: null })}>
      <Plus aria-hidden className="size-4" />
      Add server
    </Button>
  );

  return (
    <SectionPage
      title="Fleet"
      actions={mayChange && addButton}
      filters={
        data ? <FleetLine fleet={data} /> : !error && <Skeleton className="my-[0.5625rem] h-3.5 w-64" />
      }
    >
      <SectionScroll>
        <AskedTable<ServerRow>
          asked={asked}
          label="Fleet"
          columns={FLEET_COLUMNS}
          rows={servers}
          idOf={({ id }) => id}
          nameOf={({ id }) => id}
          skeletonRows={3}
          {...(mayChange && { selection })}
          onOpen={({ id }) => void setOpenId(id)}
          empty={
            <EmptyState
              icon={<Server />}
              title="No server is left"
              text="Answers come from headless Copilot CLI servers. Until there is one, every prompt fails. Name them in CLI_URL, or add one here while the app runs."
            >
              {mayChange && addButton}
            </EmptyState>
          }
        />
        {data && <RemovedServers removed={data.removed} onBringBack={(back) => setAdding({ back })} />}
        <BulkBar selection={selection}>
          <BulkButtons chosen={chosen} acts={acts} onAsk={ask} />
        </BulkBar>
      </SectionScroll>
      {open && <ServerPanel server={open} acts={acts} onAsk={ask} onClose={() => void setOpenId(null)} />}
      {adding && <AddServerDialog {...adding} onClose={() => setAdding(null)} onDone={refresh} />}
      {dialog}
    </SectionPage>
  );
}

/** The fleet in one line: who takes answers, how full they are, and who waits. */
function FleetLine({ fleet: { servers, waitingTurns } }: { fleet: Fleet }) {
  const taking = takersOf(servers);
  const active = servers.reduce((sum, { activeTurns }) => sum + activeTurns, 0);
  const room = taking.reduce((sum, { turnsMax }) => sum + turnsMax, 0);
  return (
    <p className="flex min-h-8 flex-wrap items-center gap-x-5 gap-y-1 text-[0.8125rem] text-muted-foreground tabular-nums">
      <span className="inline-flex items-center gap-1.5">
        <Lamp small tone={taking.length > 0 ? "ok" : "danger"} />
        {taking.length} of {countText(servers.length, "server")} {taking.length === 1 ? "takes" : "take"} new
        answers
      </span>
      <span>
        {active} answering, room for {room}
      </span>
      {waitingTurns > 0 && (
        <span className="inline-flex items-center gap-1.5 font-medium text-caution">
          <Lamp small tone="caution" blinking />
          {countText(waitingTurns, "prompt")} {waitingTurns === 1 ? "waits" : "wait"} for a place
        </span>
      )}
    </p>
  );
}

type BulkButtonsProps = { chosen: readonly ServerRow[]; acts: FleetActs; onAsk(act: BulkAct): void };

// Each act is for those of the chosen servers that it makes sense for.
function BulkButtons({ chosen, acts, onAsk }: BulkButtonsProps) {
  const drainable = chosen.filter(({ draining }) => !draining);
  const resumable = chosen.filter(({ draining }) => draining);
  const restartable = chosen.filter(({ source, restarting }) => source === "supervised" && !restarting);
  const removable = chosen.filter(({ source }) => source !== "supervised");
  return (
    <>
      {drainable.length > 0 && (
        <Button size="sm" onClick={() => onAsk(acts.drain(drainable))}>
          Drain
        </Button>
      )}
      {resumable.length > 0 && (
        <Button size="sm" onClick={() => onAsk(acts.resume(resumable))}>
          Resume
        </Button>
      )}
      {restartable.length > 0 && (
        <Button size="sm" onClick={() => onAsk(acts.restart(restartable))}>
          Restart
        </Button>
      )}
      {removable.length > 0 && (
        <Button size="sm" className="text-danger!" onClick={() => onAsk(acts.remove(removable))}>
          Remove
        </Button>
      )}
    </>
  );
}
